"""Previews and marks stand wherever the file is listed, for whoever may see the file; they come and go with it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from core.models import AuditEntry
from foundation.cases.models import Material
from foundation.formats.models import LookedInto
from foundation.work.models import Job
from foundation.work.performing import perform
from referrals import services
from tests import make
from tests.formats import bad_pdfs
from tests.formats.boxes import zipped
from tests.formats.samples import picture


def attach(world, draft, name, data):
    return services.attach_material(draft.pk, by=make.sender(world), slot="other", name=name, size=len(data), stream=io.BytesIO(data))


def look(material):
    row = LookedInto.objects.get(name=material.file.name)
    perform("inspect", row.pk)
    row.refresh_from_db()
    return row


def previews():
    return [p for p in Path(settings.MEDIA_ROOT).rglob("previews/**/*.jpg") if p.is_file()]


def test_a_file_is_looked_into_after_it_came_in(xuecheng, commits):
    draft = make.draft(xuecheng)
    with commits():
        material = attach(xuecheng, draft, "现场.png", picture("PNG"))
    row = LookedInto.objects.get(name=material.file.name)
    assert row.read_at is not None
    assert row.preview.read()[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("door", ["page", "rest"])
def test_who_sees_the_file_sees_its_preview_and_nobody_else(xuecheng, client, door):
    draft = make.draft(xuecheng)
    material = attach(xuecheng, draft, "现场.png", picture("PNG"))
    address = {
        "page": reverse("material-preview", args=[draft.pk, material.pk]),
        "rest": f"/api/v1/referrals/{draft.pk}/materials/{material.pk}/preview/",
    }[door]
    client.force_login(make.sender(xuecheng).user)
    assert client.get(address).status_code == 404
    row = look(material)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], b"".join(answer.streaming_content)) == (200, "image/jpeg", row.preview.read())
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert "sandbox" in answer["Content-Security-Policy"]
    for stranger in (make.receiver(xuecheng), xuecheng.actor("区民政局", "clerk")):
        client.force_login(stranger.user)
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("door", ["page", "rest"])
def test_looking_at_a_picture_of_a_confidential_case_is_kept_like_reading_it(xuecheng, client, door):
    draft = make.draft(xuecheng, confidentiality="privacy")
    material = attach(xuecheng, draft, "现场.png", picture("PNG"))
    look(material)
    route = {"page": "material-preview", "rest": "api-material-preview"}[door]
    client.force_login(make.sender(xuecheng).user)
    assert client.get(reverse(route, args=[draft.pk, material.pk])).status_code == 200
    kept = AuditEntry.objects.filter(verb="referral.read_confidential", subject_id=str(draft.pk))
    assert [entry.detail for entry in kept] == [{"what": "material"}]


def test_the_marks_and_the_list_stand_on_the_pages_and_in_rest(xuecheng, client):
    draft = make.draft(xuecheng)
    script = attach(xuecheng, draft, "函.pdf", bad_pdfs.on_a_page())
    box = attach(xuecheng, draft, "证据.zip", zipped({"<b>现场.jpg": "x", "安装.exe": "y"}))
    client.force_login(make.sender(xuecheng).user)
    listed = {m["id"]: m for m in client.get(f"/api/v1/referrals/{draft.pk}/materials/").json()["results"]}
    assert (listed[script.pk]["looked_into"], listed[script.pk]["marks"]) == (False, [])
    look(script), look(box)
    for page in (reverse("referral", args=[draft.pk]), reverse("edit-referral", args=[draft.pk])):
        shown = client.get(page).content.decode()
        assert "含脚本或自动动作" in shown
        assert "内有可执行程序" in shown
        assert "&lt;b&gt;现场.jpg" in shown
        assert reverse("material-preview", args=[draft.pk, script.pk]) in shown
        assert reverse("material-preview", args=[draft.pk, box.pk]) not in shown
    listed = {m["id"]: m for m in client.get(f"/api/v1/referrals/{draft.pk}/materials/").json()["results"]}
    assert (listed[script.pk]["looked_into"], listed[script.pk]["marks"]) == (True, ["active"])
    assert (listed[box.pk]["marks"], listed[box.pk]["listing"]) == (["program"], ["<b>现场.jpg", "安装.exe"])


@pytest.mark.parametrize("name", ["函.pdf", "页.txt", "包.zip"])
def test_a_file_itself_is_always_a_download(xuecheng, client, name):
    data = {"函.pdf": bad_pdfs.on_a_page(), "页.txt": "笔录".encode(), "包.zip": zipped({"a": "b"})}[name]
    draft = make.draft(xuecheng)
    material = attach(xuecheng, draft, name, data)
    client.force_login(make.sender(xuecheng).user)
    for address in (reverse("material", args=[draft.pk, material.pk]), f"/api/v1/referrals/{draft.pk}/materials/{material.pk}/file/"):
        answer = client.get(address)
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_that_cannot_be_read_is_marked_and_parks_no_work(xuecheng):
    draft = make.draft(xuecheng)
    row = look(attach(xuecheng, draft, "照片.jpg", picture("JPEG")[:200]))
    assert row.marks == ["damaged"]
    assert not row.preview
    assert Job.objects.get(kind="inspect", subject_id=row.pk).state == "done"
    good = look(attach(xuecheng, draft, "现场.jpg", picture("JPEG")))
    assert good.marks == []
    assert good.preview


def test_the_preview_goes_with_the_file(xuecheng, commits):
    draft, before = make.draft(xuecheng), previews()
    with commits():
        material = attach(xuecheng, draft, "现场.png", picture("PNG"))
    assert len(previews()) == len(before) + 1
    with commits():
        services.remove_material(draft.pk, material.pk, by=make.sender(xuecheng))
    assert previews() == before
    assert not LookedInto.objects.filter(name=material.file.name).exists()


def test_work_on_a_file_that_was_removed_meanwhile_is_done(xuecheng):
    draft = make.draft(xuecheng)
    material = attach(xuecheng, draft, "现场.png", picture("PNG"))
    row = LookedInto.objects.get(name=material.file.name)
    services.remove_material(draft.pk, material.pk, by=make.sender(xuecheng))
    assert perform("inspect", row.pk)
    assert not Material.objects.filter(pk=material.pk).exists()
