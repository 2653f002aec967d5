"""Files in one request, in parts, and out by range; what breaks off leaves nothing."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.kinds import Post
from foundation.cases.models import Material
from referrals.models import Upload
from tests import make
from tests.systems.conftest import caller

FILE = b"%PDF-1.4\n" + bytes(range(256)) * 40


def begun(system, referral, **changes):
    asked = {"slot": "other", "name": "现场 照片.pdf", "size": len(FILE), "sha256": hashlib.sha256(FILE).hexdigest()} | changes
    return system.post(f"referrals/{referral.pk}/uploads/", asked)


def stored():
    return sorted(p.name for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file())


def test_a_file_in_parts_survives_a_break_and_a_repeated_part(xuecheng, system, commits):
    referral, before = make.draft(xuecheng), stored()
    upload = begun(system, referral).json()
    url = f"uploads/{upload['id']}/"
    assert system.send("put", f"{url}parts/0/", FILE[:4000]).json()["received"] == 4000
    assert system.send("put", f"{url}parts/5000/", FILE[5000:]).status_code == 409
    assert system.send("put", f"{url}parts/0/", FILE[:4000]).json()["received"] == 4000
    assert system.post(f"{url}complete/", If_Match='"4000"').status_code == 409
    assert system.get(url)["ETag"] == '"4000"'
    assert system.send("put", f"{url}parts/4000/", FILE[4000:]).json()["received"] == len(FILE)
    assert system.post(f"{url}complete/", If_Match='"4000"').status_code == 412
    with commits():
        made = system.post(f"{url}complete/", If_Match=f'"{len(FILE)}"', Idempotency_Key="c")
    assert (made.status_code, made.json()["sha256"]) == (201, hashlib.sha256(FILE).hexdigest())
    assert Material.objects.get(pk=made.json()["id"]).file.read() == FILE
    assert system.post(f"{url}complete/", If_Match=f'"{len(FILE)}"', Idempotency_Key="c").json() == made.json()
    assert (Upload.objects.count(), len(stored())) == (0, len(before) + 1)


@pytest.mark.parametrize(
    ("part", "offset", "status"), [(b"MZ\x90" + b"\x00" * 90, 0, 400), (FILE + b"more", 0, 400), (b"", 0, 400), (b"x" * ((8 << 20) + 1), 0, 413)]
)
def test_a_part_that_cannot_be_is_refused(xuecheng, system, part, offset, status):
    upload = begun(system, make.draft(xuecheng)).json()
    assert system.send("put", f"uploads/{upload['id']}/parts/{offset}/", part).status_code == status
    assert system.get(f"uploads/{upload['id']}/").json()["received"] == 0


@pytest.mark.parametrize("changes", [{"size": 60 << 20}, {"size": 0}, {"slot": "nowhere"}, {"sha256": "x"}, {"extra": 1}, {"size": "many"}])
def test_an_upload_that_cannot_end_well_does_not_begin(xuecheng, system, changes):
    assert begun(system, make.draft(xuecheng), **changes).status_code == 400
    assert Upload.objects.count() == 0


def test_a_wrong_digest_is_refused_at_the_end(xuecheng, system):
    upload = begun(system, make.draft(xuecheng), sha256="0" * 64).json()
    system.send("put", f"uploads/{upload['id']}/parts/0/", FILE)
    assert system.post(f"uploads/{upload['id']}/complete/", If_Match="*").status_code == 400


def test_nobody_else_sees_an_upload_and_it_falls_away_after_a_day(xuecheng, at, commits):
    from referrals.services.uploads import forget_old_uploads

    at("2026-03-09T09:00")
    system = caller(xuecheng, "区住建局")
    upload = begun(system, make.draft(xuecheng)).json()
    system.send("put", f"uploads/{upload['id']}/parts/0/", FILE[:100])
    other = caller(xuecheng, "区住建局", name="另一系统")
    assert other.get(f"uploads/{upload['id']}/").status_code == 404
    assert f"{upload['id']}.0" in stored()
    with commits():
        assert forget_old_uploads(at("2026-03-10T09:01")) == 1
    assert f"{upload['id']}.0" not in stored()


def test_an_upload_can_be_given_up(xuecheng, system):
    upload = begun(system, make.draft(xuecheng)).json()
    assert system.send("delete", f"uploads/{upload['id']}/").status_code == 428
    assert system.send("delete", f"uploads/{upload['id']}/", If_Match='"0"').status_code == 204
    assert system.get(f"uploads/{upload['id']}/").status_code == 404


def test_one_request_one_file_and_off_again_with_its_etag(xuecheng, system):
    referral = make.draft(xuecheng)
    url = f"/api/v1/referrals/{referral.pk}/materials/"
    made = system.http.post(url, {"slot": "other", "file": SimpleUploadedFile("a.pdf", FILE)}, headers=system.headers({}))
    assert made.status_code == 201
    one = f"referrals/{referral.pk}/materials/{made.json()['id']}/"
    assert system.get(one)["ETag"] == made["ETag"]
    assert system.send("delete", one, If_Match='"x"').status_code == 412
    assert system.send("delete", one, If_Match=made["ETag"]).status_code == 204
    assert system.get(one).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9), ("bytes=100-", 206, 100, len(FILE) - 1), ("bytes=-5", 206, len(FILE) - 5, len(FILE) - 1),
        ("bytes=0-99999999", 206, 0, len(FILE) - 1), ("bytes=0-1,4-5", 200, 0, len(FILE) - 1), ("lines=1-2", 200, 0, len(FILE) - 1),
        ("bytes=99999999-", 416, 0, 0), ("bytes=9-3", 416, 0, 0), ("bytes=-0", 416, 0, 0),
    ],
)  # fmt: skip
def test_downloads_by_range(xuecheng, system, asked, status, first, last):
    referral = make.draft(xuecheng)
    url = f"/api/v1/referrals/{referral.pk}/materials/"
    made = system.http.post(url, {"slot": "other", "file": SimpleUploadedFile("a.pdf", FILE)}, headers=system.headers({})).json()
    answer = system.get(f"referrals/{referral.pk}/materials/{made['id']}/file/", Range=asked)
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(FILE)}"
        return
    assert b"".join(answer.streaming_content) == FILE[first : last + 1]
    if status == 206:
        assert answer["Content-Range"] == f"bytes {first}-{last}/{len(FILE)}"
    changed = system.get(f"referrals/{referral.pk}/materials/{made['id']}/file/", Range="bytes=0-1", If_Range='"old"')
    assert changed.status_code == 200


def test_a_letter_comes_by_range_too(xuecheng, system):
    referral = make.delivered(xuecheng)
    document = system.get(f"referrals/{referral.pk}/").json()["documents"][0]
    answer = system.get(f"referrals/{referral.pk}/documents/{document['id']}/file/", Range="bytes=0-4")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"%PDF-")
    stranger = caller(xuecheng, "区民政局", Post.CLERK, name="旁人")
    assert stranger.get(f"referrals/{referral.pk}/documents/{document['id']}/file/").status_code == 404


def test_a_body_that_breaks_off_leaves_nothing(xuecheng, system, monkeypatch):
    """Through the real WSGI entry: the connection ends after half of what was announced."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    from config.wsgi import application

    token = system.headers({})["Authorization"]
    # As Django's own test client does: the test's transaction lives on the connection.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    monkeypatch.setattr(request_finished, "send", lambda **_kw: [])
    referral, before = make.draft(xuecheng), stored()
    edge = "edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="slot"\r\n\r\nother\r\n--{edge}\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    body = head.encode() + FILE + f"\r\n--{edge}--\r\n".encode()
    for cut in (10, len(head) + 100, len(body) - 3, len(body)):
        answered = []
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": f"/api/v1/referrals/{referral.pk}/materials/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "CONTENT_TYPE": f"multipart/form-data; boundary={edge}", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body[:cut]),
            "HTTP_AUTHORIZATION": token, "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1", "wsgi.errors": io.StringIO(),
        }  # fmt: skip
        list(application(environ, lambda status, headers, _answered=answered: _answered.append(status)))
        if cut < len(body):
            assert answered[0].startswith("400"), (cut, answered)
            assert stored() == before
    assert answered[0].startswith("201")
    assert len(stored()) == len(before) + 1
