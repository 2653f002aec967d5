"""The name of a file: what nobody sees and what no font prints is said at the upload, beside the field."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import BadInput
from foundation.cases.models import Material
from referrals import services
from referrals.models import Upload
from referrals.services.uploads import begin_upload
from tests import make

PDF = b"%PDF-1.4 x"
WRONG = {
    "a control character": ("现场\x07.pdf", "U+0007"),
    "a direction override": ("现场\u202efdp.pdf", "U+202E"),
    "a direction mark": ("现场\u200f.pdf", "U+200F"),
    "a zero width space": ("现\u200b场.pdf", "U+200B"),
    "a byte order mark": ("\ufeff现场.pdf", "U+FEFF"),
    "a picture": ("现场\U0001f600.pdf", "U+1F600"),
    "letters of another script": ("صورة.pdf", "U+0635"),
    "a private code point": ("现场\U000f0001.pdf", "U+F0001"),
}
PRINTS = ["现场照片（一）①.pdf", "IMG_2026-03-09 09.00.pdf", "喆堃·材料㎡.pdf", "长" * 196 + ".pdf", "C:\\扫描\\现场.pdf"]


@pytest.fixture
def draft(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return make.draft(xuecheng)


def attach(world, draft, name):
    return services.attach_material(draft.pk, by=make.sender(world), slot="other", name=name, size=len(PDF), stream=io.BytesIO(PDF))


@pytest.mark.parametrize("what", WRONG)
def test_a_name_that_no_list_could_bear_is_refused_and_the_signs_are_named(xuecheng, draft, what):
    name, says = WRONG[what]
    before = Material.objects.count()
    with pytest.raises(BadInput) as refused:
        attach(xuecheng, draft, name)
    assert set(refused.value.fields) == {"file"}
    assert says in refused.value.fields["file"]
    with pytest.raises(BadInput) as refused:
        begin_upload(draft.pk, by=make.sender(xuecheng), slot="other", name=name, size=9)
    assert set(refused.value.fields) == {"name"}
    assert (Material.objects.count(), Upload.objects.count()) == (before, 0)


@pytest.mark.parametrize("name", PRINTS)
def test_what_offices_call_their_files_is_taken(xuecheng, draft, name):
    assert attach(xuecheng, draft, name).name == name.rpartition("\\")[2]


@pytest.mark.parametrize("what", ["a picture", "letters of another script"])
def test_the_page_and_rest_say_it_at_the_upload(draft, client, what):
    name, says = WRONG[what]
    posted = {"slot": "other", "file": SimpleUploadedFile(name, PDF)}
    said = client.post(reverse("upload", args=[draft.pk]), posted, headers={"X-Requested-With": "fetch"})
    assert said.status_code == 400
    assert says in said.json()["refused"][0]
    posted = {"slot": "other", "file": SimpleUploadedFile(name, PDF)}
    answer = client.post(reverse("api-materials", args=[draft.pk]), posted, headers={"Idempotency-Key": "a"})
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, ["#/file"])
    body = json.dumps({"slot": "other", "name": name, "size": 9})
    begun = client.post(reverse("api-uploads", args=[draft.pk]), body, content_type="application/json", headers={"Idempotency-Key": "b"})
    assert (begun.status_code, [error["pointer"] for error in begun.json()["errors"]]) == (400, ["#/name"])
