"""The audit trail's tables, and the memory of submits already carried out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One thing that happened to one subject. Append-only: the database refuses UPDATE, DELETE and TRUNCATE."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=100)
    actor_user_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)
    agency_name = models.CharField(max_length=100, blank=True)
    post = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=12, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id", "seq"], name="one_audit_entry_per_place_in_its_chain")]
        indexes = [
            models.Index(fields=["actor_user_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["agency_id", "-id"], name="audit_by_agency"),
            models.Index(fields=["verb", "-id"], name="audit_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id}#{self.seq} {self.verb}"


class AuditSeal(models.Model):
    """A background seal over the entries (after_id, until_id]: how many, their digest, the seal before, under a key.

    Numbered from 1 without gaps. Append-only like the entries.
    """

    number = models.BigIntegerField(unique=True)
    after_id = models.BigIntegerField()
    until_id = models.BigIntegerField()
    count = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    prev_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)
    key_id = models.CharField(max_length=12, default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}: {self.after_id}–{self.until_id}"


class AuditAnchor(models.Model):
    """What the anchor file outside the database said of the seals at a moment, so that a shortened file shows. Append-only."""

    number = models.BigIntegerField(unique=True)
    seal_number = models.BigIntegerField()
    until_id = models.BigIntegerField()
    entries = models.BigIntegerField()
    line_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"anchor {self.number} of seal {self.seal_number}"


class AuditCheck(models.Model):
    """A verification of the whole trail that somebody asked for, and what it found."""

    asked_by = models.CharField(max_length=100)
    asked_by_agency_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    seals = models.BigIntegerField(default=0)
    anchors = models.BigIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"check {self.pk}: {self.found} finding(s)"


class SealCandidate(models.Model):
    """The single row that says up to which id a seal may go once every transaction open at that moment has ended."""

    until_id = models.BigIntegerField()
    xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"candidate {self.until_id}"


class SubmittedOnce(models.Model):
    """A submit that has been carried out: the same key answers with what it made instead of making it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    # The post acted in (PostHolding), 0 for none: what was done in one post is no answer to the same person in another.
    post_id = models.BigIntegerField(default=0, db_default=0)
    key = models.CharField(max_length=100)
    verb = models.CharField(max_length=60)
    body_hash = models.CharField(max_length=64, blank=True)
    result_kind = models.CharField(max_length=40)
    result_id = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post_id", "key"], name="a_submit_key_is_used_once_in_a_post")]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"


class KeyedAnswer(models.Model):
    """What a POST under an Idempotency-Key was answered, kept for 72 hours."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # As in SubmittedOnce.
    post_id = models.BigIntegerField(default=0, db_default=0)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "post_id", "key"], name="an_idempotency_key_is_used_once_in_a_post")]
        indexes = [models.Index(fields=["at"], name="answers_by_age")]

    def __str__(self) -> str:
        return f"{self.status} {self.key}"


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction in which it happened, to be sent to other systems. No personal data."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    stream = models.CharField(max_length=60)
    jurisdiction_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=80)
    at = models.DateTimeField()
    agency_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    fanned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(fanned_at=None), name="events_not_yet_fanned_out"),
            models.Index(fields=["at"], name="events_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.stream}"
