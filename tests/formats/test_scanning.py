"""Quarantine: where a scanner is switched on, nothing is sent with a file until it is found clean, or a leader lets it go."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from foundation.formats import clamd
from foundation.formats.models import LookedInto, Scan
from foundation.work.models import Job
from foundation.work.performing import perform
from foundation.work.queueing import find_lost
from referrals import services
from referrals.models import Referral
from tests import make
from tests.formats.scanner import FakeScanner

BAD = "笔录 ".encode() + FakeScanner.VIRUS


@pytest.fixture
def scanner(tmp_path, settings):
    settings.WORK_RAISES = False
    settings.CLAMD_SOCKET = str(tmp_path / "clamd")
    made = FakeScanner(tmp_path / "clamd")
    yield made
    made.close()


@pytest.fixture
def decided(xuecheng):
    """A letter that went its way before the scanner was switched on (name it before `scanner`)."""
    return make.decided(xuecheng)


@pytest.fixture
def accepted(xuecheng):
    return make.accepted(xuecheng)


@pytest.fixture
def gone(tmp_path, settings):
    """A scanner that is switched on and does not answer."""
    settings.WORK_RAISES = False
    settings.CLAMD_SOCKET = str(tmp_path / "nobody")


def attach(world, referral, name="说明.txt", data="说明".encode()):
    return services.attach_material(referral.pk, by=make.sender(world), slot="other", name=name, size=len(data), stream=io.BytesIO(data))


def scanned():
    for row in LookedInto.objects.filter(scan=Scan.NONE):
        perform("scan", row.pk)


def test_without_a_scanner_nothing_waits(xuecheng):
    referral = make.submitted(xuecheng)
    assert referral.state == "submitted"
    find_lost(timezone.now())
    assert not Job.objects.filter(kind="scan").exists()


def test_a_file_is_scanned_after_it_came_in(xuecheng, scanner, commits):
    draft = make.draft(xuecheng)
    with commits():
        material = attach(xuecheng, draft)
    assert LookedInto.objects.get(name=material.file.name).scan == Scan.CLEAN
    assert "说明".encode() in scanner.seen


def test_saving_goes_on_and_sending_waits_until_all_is_clean(xuecheng, scanner):
    draft = make.draft(xuecheng)
    services.save_draft(draft.pk, by=make.sender(xuecheng), data={"reasons": "改一下"})
    with pytest.raises(BadInput, match="正在查毒") as refused:
        services.submit_referral(draft.pk, by=make.sender(xuecheng))
    assert "正在查毒" in refused.value.fields["materials"]
    scanned()
    assert services.submit_referral(draft.pk, by=make.sender(xuecheng)).state == "submitted"


def test_an_infected_file_is_named_and_never_sent(xuecheng, scanner, settings):
    draft = make.draft(xuecheng)
    bad = attach(xuecheng, draft, "笔录.txt", BAD)
    scanned()
    for socket in (settings.CLAMD_SOCKET, ""):
        settings.CLAMD_SOCKET = socket
        with pytest.raises(BadInput, match=r"“笔录.txt”查出病毒（Test.Virus）"):
            services.submit_referral(draft.pk, by=make.sender(xuecheng))
    with pytest.raises(NotAllowed):
        services.release_unscanned(draft.pk, by=make.sender(xuecheng, Post.LEADER), reason="案情紧急")
    services.remove_material(draft.pk, bad.pk, by=make.sender(xuecheng))
    assert services.submit_referral(draft.pk, by=make.sender(xuecheng)).state == "submitted"


def test_an_infected_file_is_handed_to_nobody(xuecheng, scanner, client):
    draft = make.draft(xuecheng)
    bad = attach(xuecheng, draft, "笔录.txt", BAD)
    scanned()
    client.force_login(make.sender(xuecheng).user)
    for address in (reverse("material", args=[draft.pk, bad.pk]), f"/api/v1/referrals/{draft.pk}/materials/{bad.pk}/file/"):
        answer = client.get(address)
        assert answer.status_code == 409
        assert "Test.Virus" in answer.content.decode()


@pytest.mark.parametrize("door", ["page", "rest"])
def test_the_other_side_waits_for_a_file_sent_along_and_its_own_side_does_not(xuecheng, decided, scanner, client, door):
    letter = decided
    services.report_result(letter.pk, by=make.receiver(xuecheng), file=[SimpleUploadedFile("决定.pdf", make.pdf("x").getvalue())])
    material = letter.case.materials.get(slot="result")
    address = {"page": reverse("material", args=[letter.pk, material.pk]), "rest": f"/api/v1/referrals/{letter.pk}/materials/{material.pk}/file/"}[
        door
    ]
    client.force_login(make.receiver(xuecheng).user)
    assert client.get(address).status_code == 200
    client.force_login(make.sender(xuecheng).user)
    waiting = client.get(address)
    assert waiting.status_code == 409
    assert "正在查毒" in waiting.content.decode()
    scanned()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("door", ["page", "rest"])
def test_a_file_of_the_thread_waits_too(xuecheng, accepted, scanner, client, door):
    letter = accepted
    services.write_progress(letter.pk, by=make.sender(xuecheng), words="附件", file=SimpleUploadedFile("a.pdf", make.pdf("x").getvalue()))
    message = letter.progress.get()
    address = {"page": reverse("progress-file", args=[letter.pk, message.pk]), "rest": f"/api/v1/referrals/{letter.pk}/progress/{message.pk}/file/"}[
        door
    ]
    client.force_login(make.sender(xuecheng).user)
    assert client.get(address).status_code == 200
    client.force_login(make.receiver(xuecheng).user)
    assert client.get(address).status_code == 409
    scanned()
    assert client.get(address).status_code == 200


def test_a_scanner_that_is_away_is_waited_for_and_parks_nothing(xuecheng, gone):
    draft = make.draft(xuecheng)
    scanned()
    row = LookedInto.objects.latest("pk")
    job = Job.objects.get(kind="scan", subject_id=row.pk)
    assert (row.scan, row.scanner_away, job.state, job.last_error) == (Scan.NONE, True, "waiting", "the virus scanner is away")
    with pytest.raises(BadInput, match="没有应答"):
        services.submit_referral(draft.pk, by=make.sender(xuecheng))


def test_the_leader_lets_it_go_with_a_reason_that_stays(xuecheng, gone, client):
    draft = make.draft(xuecheng)
    leader = make.sender(xuecheng, Post.LEADER)
    with pytest.raises(NotAllowed):
        services.release_unscanned(draft.pk, by=leader, reason="案情紧急")
    scanned()
    with pytest.raises(BadInput):
        services.release_unscanned(draft.pk, by=leader, reason=" ")
    with pytest.raises(NotAllowed):
        services.release_unscanned(draft.pk, by=make.sender(xuecheng), reason="案情紧急")
    client.force_login(leader.user)
    body = json.dumps({"reason": "案情紧急，查毒程序故障"})
    answer = client.post(f"/api/v1/referrals/{draft.pk}/release_unscanned/", body, content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.content
    entry = AuditEntry.objects.filter(subject_kind="referral", subject_id=str(draft.pk), verb="referral.release_unscanned").get()
    assert entry.detail["reason"] == "案情紧急，查毒程序故障"
    assert len(entry.detail["files"]) == draft.case.materials.count()
    assert services.submit_referral(draft.pk, by=make.sender(xuecheng)).state == "submitted"


def test_what_was_let_go_is_scanned_all_the_same_and_stopped_when_something_is_found(xuecheng, gone, settings, tmp_path):
    draft = make.draft(xuecheng)
    attach(xuecheng, draft, "笔录.txt", BAD)
    scanned()
    services.release_unscanned(draft.pk, by=make.sender(xuecheng, Post.LEADER), reason="案情紧急")
    services.submit_referral(draft.pk, by=make.sender(xuecheng))
    back = FakeScanner(tmp_path / "nobody")
    Job.objects.filter(kind="scan").update(next_try_at=None)
    scanned()
    back.close()
    with pytest.raises(BadInput, match="查出病毒"):
        services.sign_referral(draft.pk, by=make.sender(xuecheng, Post.LEADER))
    assert Referral.objects.get(pk=draft.pk).state == "submitted"


def test_a_file_too_big_for_the_scanner_needs_the_leader(xuecheng, settings, tmp_path):
    settings.WORK_RAISES, settings.CLAMD_SOCKET = False, str(tmp_path / "clamd")
    small = FakeScanner(tmp_path / "clamd", most=100_000)
    draft = make.draft(xuecheng)
    attach(xuecheng, draft, "长.txt", b"a" * 1_000_000)
    scanned()
    with pytest.raises(BadInput, match="过大"):
        services.submit_referral(draft.pk, by=make.sender(xuecheng))
    services.release_unscanned(draft.pk, by=make.sender(xuecheng, Post.LEADER), reason="经人工核对")
    assert services.submit_referral(draft.pk, by=make.sender(xuecheng)).state == "submitted"
    small.close()


def test_the_bytes_go_in_small_pieces(scanner):
    assert clamd.verdict_on([b"x" * 1_000_000]).clean
    assert scanner.longest <= clamd.PIECE


@pytest.mark.parametrize("answer", [b"stream: \0", b"nonsense\0", b"", b"stream: Something ERROR\0"])
def test_an_answer_that_is_none_is_no_verdict(monkeypatch, scanner, answer):
    monkeypatch.setattr(FakeScanner, "_answer", lambda self, caller: caller.sendall(answer))
    with pytest.raises(clamd.ScannerAway):
        clamd.verdict_on([b"x"])


SIGNATURE = b"YISONG-TEST-SIGNATURE-NOT-A-VIRUS"


@pytest.mark.skipif(shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None, reason="clamd is not installed (Debian: clamav-daemon)")
def test_the_real_clamd_with_a_signature_of_our_own(tmp_path, settings):
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "test.ndb").write_text(f"Yisong.Test:0:*:{SIGNATURE.hex()}\n")
    settings.CLAMD_SOCKET = str(tmp_path / "s")
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {tmp_path}/s\nDatabaseDirectory {tmp_path}/db\nForeground yes\nStreamMaxLength 1M\nTemporaryDirectory {tmp_path}\n"
    )
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    with subprocess.Popen([program, "-c", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            until = time.monotonic() + 60
            while not (tmp_path / "s").exists() and time.monotonic() < until:
                time.sleep(0.1)
            assert clamd.verdict_on([b"words"]).clean
            assert clamd.verdict_on([b"some ", SIGNATURE, b" more"]).found == "Yisong.Test.UNOFFICIAL"
            with pytest.raises((clamd.TooBigToScan, clamd.ScannerAway)):
                clamd.verdict_on([b"x" * 65536] * 64)
        finally:
            running.terminate()
