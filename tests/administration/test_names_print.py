"""A name that no letter could print does not get into the books."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from accounts.models import Agency
from administration.keeping import keep
from core.errors import BadInput
from foundation.cases.models import Matter
from tests.administration.conftest import keeper
from tests.administration.test_pages import address, filled

NO_FONT_HAS_IT = "\U00031350"


@pytest.mark.parametrize("field", ["name", "short_name", "doc_code"])
def test_an_agency_keeps_its_name_and_the_page_says_which_character(system_admin, xuecheng, field):
    agency = xuecheng.agencies["区民政局"]
    page = system_admin.get(address("accounts.agency", "change", agency.pk))
    answer = system_admin.post(page.request["PATH_INFO"], filled(page) | {field: f"某{NO_FONT_HAS_IT}局"})
    assert answer.status_code == 400
    assert "U+31350" in answer.content.decode()
    assert getattr(Agency.objects.get(pk=agency.pk), field) == getattr(agency, field)


def test_so_does_a_matter_through_the_service(xuecheng):
    matter = Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).first()
    matter.basis = f"《某{NO_FONT_HAS_IT}条例》"
    with pytest.raises(BadInput) as refused:
        keep(matter, by=keeper(xuecheng, Post.ADMINISTRATOR))
    assert "U+31350" in refused.value.fields["basis"]


def test_an_old_name_does_not_hinder_another_change(xuecheng):
    agency = Agency.objects.get(pk=xuecheng.agencies["区民政局"].pk)
    agency.name = f"某{NO_FONT_HAS_IT}局"
    agency.save()
    agency.phone = "0632-2"
    assert keep(agency, by=keeper(xuecheng, Post.ADMINISTRATOR)).phone == "0632-2"
