"""Every door to a case's papers asks the same reader: the page, REST in one request, REST in parts."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.cases.models import Material
from tests import make
from tests.formats.samples import refused, taken

KEY = iter(range(10_000))


def by_page(client, draft, name, data):
    posted = {"slot": "other", "file": SimpleUploadedFile(name, data)}
    answer = client.post(reverse("upload", args=[draft.pk]), posted, headers={"X-Requested-With": "fetch"})
    return answer.status_code, "".join(answer.json()["refused"])


def in_one_request(client, draft, name, data):
    posted = {"slot": "other", "file": SimpleUploadedFile(name, data)}
    answer = client.post(reverse("api-materials", args=[draft.pk]), posted, headers={"Idempotency-Key": f"k{next(KEY)}"})
    return answer.status_code, answer.content.decode()


def in_parts(client, draft, name, data):
    body = json.dumps({"slot": "other", "name": name, "size": len(data)})
    begun = client.post(reverse("api-uploads", args=[draft.pk]), body, content_type="application/json", headers={"Idempotency-Key": f"k{next(KEY)}"})
    if begun.status_code >= 400:
        return begun.status_code, begun.content.decode()
    address = f"/api/v1/uploads/{begun.json()['id']}/"
    for offset in range(0, len(data), 3000):
        part = client.put(f"{address}parts/{offset}/", data[offset : offset + 3000], content_type="application/octet-stream")
        if part.status_code >= 400:
            return part.status_code, part.content.decode()
    answer = client.post(
        f"{address}complete/", content_type="application/json", headers={"If-Match": f'"{len(data)}"', "Idempotency-Key": f"k{next(KEY)}"}
    )
    return answer.status_code, answer.content.decode()


DOORS = {"page": by_page, "one request": in_one_request, "parts": in_parts}


@pytest.fixture
def draft(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return make.draft(xuecheng)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", ["wps", "ofd", "locked xlsx", "txt in GBK", "m2ts", "m4a of Android"])
def test_what_offices_send_comes_in_and_is_called_what_it_is(draft, client, door, what):
    ending, data = taken()[what]
    status, said = DOORS[door](client, draft, "现场材料" + ending, data)
    assert status < 300, said
    kept = Material.objects.latest("pk")
    assert (kept.name, kept.size, kept.file.read()) == ("现场材料" + ending, len(data), data)
    assert kept.content_type != "application/octet-stream"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("程序.pdf", refused()["a Windows program"], "可执行程序"),
        ("网页.txt", refused()["a page behind a comment"], "网页"),
        ("应用.zip", refused()["an Android app"], "应用安装包"),
        ("压缩.docx", taken()["zip"][1], "ZIP"),
        ("表格.docx", taken()["xlsx"][1], "Excel"),
        ("程序.exe", refused()["a Windows program"], "可收 PDF"),
    ],
)
def test_what_may_not_come_in_is_refused_by_every_door_and_nothing_is_kept(draft, client, door, name, data, says):
    before = Material.objects.count()
    status, said = DOORS[door](client, draft, name, data)
    assert (status, Material.objects.count()) == (400, before)
    assert says in said
