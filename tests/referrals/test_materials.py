"""Materials: read from their content, refused before they are stored, never run by a browser."""

from __future__ import annotations

import io

import pytest

from core.errors import BadInput, NotAllowed, WrongState
from foundation.cases.models import Material
from referrals import services
from tests import make

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def attach(world, referral, name, data, slot="source_materials", size=None):
    return services.attach_material(
        referral.pk, by=make.sender(world), slot=slot, name=name, size=len(data) if size is None else size, stream=io.BytesIO(data)
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("照片.jpg", PNG),
        ("程序.pdf", b"MZ\x90\x00" + b"\x00" * 100),
        ("页面.txt", b"<html><script>alert(1)</script>"),
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("空.pdf", b""),
        ("脚本.txt", b"#!/bin/sh\nrm -rf /"),
        ("二进制.txt", b"\x00\x01\x02\x03"),
    ],
)
def test_a_disguised_or_executable_file_is_refused_and_not_stored(xuecheng, name, data):
    referral = make.draft(xuecheng)
    before = Material.objects.count()
    with pytest.raises(BadInput) as error:
        attach(xuecheng, referral, name, data)
    assert "file" in error.value.fields
    assert Material.objects.count() == before


def test_an_oversized_file_is_refused_before_it_is_read(xuecheng):
    referral = make.draft(xuecheng)
    with pytest.raises(BadInput, match="50 MB"):
        attach(xuecheng, referral, "大.pdf", PNG, size=60 * 1024 * 1024)


def test_a_file_keeps_type_size_and_hash(xuecheng):
    referral = make.draft(xuecheng)
    material = attach(xuecheng, referral, "C:\\照片\\现场.png", PNG)
    assert (material.name, material.content_type, material.size) == ("现场.png", "image/png", len(PNG))
    assert len(material.sha256) == 64
    assert attach(xuecheng, referral, "又一次.png", PNG).pk == material.pk


def test_after_it_went_to_the_leader_no_paper_is_touched(xuecheng):
    referral = make.submitted(xuecheng)
    with pytest.raises(WrongState):
        attach(xuecheng, referral, "现场.png", PNG)
    with pytest.raises((WrongState, NotAllowed)):
        services.remove_material(referral.pk, referral.case.materials.first().pk, by=make.sender(xuecheng))


def test_a_download_never_runs_in_the_browser(xuecheng, client):
    referral = make.delivered(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    material = referral.case.materials.first()
    response = client.get(f"/referrals/{referral.pk}/materials/{material.pk}/")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
