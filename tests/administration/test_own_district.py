"""Every page of the administration, every relation on it: a row or a value of another district is refused and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField
from django.test import Client
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import Absence, Agency, ApiToken, Jurisdiction, PostHolding, User
from administration.districts import PATHS, of_district, people_of
from administration.keeping import keep
from administration.rights import KEPT
from core.errors import BadInput, NotAllowed, NotVisible
from deadlines.models import CalendarYear, LocalTarget, ProfileAssignment, ProfileVersion
from foundation.cases.models import Matter
from tests.administration.conftest import keeper, signed_in
from tests.administration.test_pages import PAGES, address, filled

MODELS = {model._meta.label_lower: model for model in admin.site._registry}


def one_of(model, world):
    """A row of `model` that belongs to `world`'s district."""
    today = timezone.localdate()
    town = next(a for a in world.agencies.values() if a.kind in ("department", "township"))
    holding = world.holdings[town.short_name, Post.LEADER]
    if model is Absence:
        deputy = world.holdings[town.short_name, Post.HEAD].user
        return Absence.objects.create(holding=holding, deputy=deputy, since=today, until=today, reason="出差")
    if model is ApiToken:
        return ApiToken.objects.create(holding=holding, name="x", digest=f"{world.jurisdiction.key}", expires_at=timezone.now())
    if model is Jurisdiction:
        return world.jurisdiction
    if model is ProfileVersion:
        return ProfileAssignment.objects.filter(jurisdiction=world.jurisdiction).first().version
    return {
        Agency: lambda: town,
        PostHolding: lambda: holding,
        User: lambda: holding.user,
        Matter: lambda: Matter.objects.filter(jurisdiction=world.jurisdiction).first(),
        LocalTarget: lambda: LocalTarget.objects.create(jurisdiction=world.jurisdiction, role="handle", workdays=4),
        ProfileAssignment: lambda: ProfileAssignment.objects.filter(jurisdiction=world.jurisdiction).first(),
    }[model]()


def everything(model):
    return [{k: v for k, v in row.items() if k != "last_login"} for row in model.objects.order_by("pk").values()]


RELATIONS = [
    (kind, field.name)
    for kind, model in MODELS.items()
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
    if isinstance(field, ForeignKey | ManyToManyField)
]
OFFERED = [(k, f) for k, f in RELATIONS if MODELS[k] is not User and MODELS[k] is not ApiToken]


def test_every_kind_with_a_page_has_a_way_to_its_district():
    assert set(PAGES) <= set(PATHS) | {"accounts.user", "deadlines.profileversion", "deadlines.calendaryear"}
    from core.models import AuditEntry

    assert not of_district(AuditEntry, 1).exists()


@pytest.mark.parametrize(("kind", "field"), OFFERED)
def test_no_choice_of_another_district_is_offered_or_accepted(xuecheng, zhoucun, kind, field):
    model = MODELS[kind]
    client = signed_in(xuecheng, KEPT[kind])
    related = model._meta.get_field(field).remote_field.model
    mine, theirs = one_of(related, xuecheng), one_of(related, zhoucun)
    own = one_of(model, xuecheng)
    if kind == "accounts.jurisdiction":
        return
    add = client.get(address(kind, "add"))
    assert add.status_code == 200
    choices = add.context["adminform"].form.fields[field].queryset
    assert not choices.filter(pk=theirs.pk).exists()
    assert choices.exclude(pk__in=of_district(related, xuecheng.jurisdiction.pk)).count() == 0
    before = everything(model)
    good = {f.name: f.value_from_object(own) for f in model._meta.concrete_fields if not f.primary_key}
    good = {k: v for k, v in good.items() if v is not None} | {field: theirs.pk}
    for name in ("", "?_popup=1", "?_to_field=id"):
        answer = client.post(address(kind, "add") + name, good)
        assert answer.status_code in (200, 400, 403), answer.status_code
    page = client.get(address(kind, "change", own.pk))
    sent = filled(page) | {field: theirs.pk}
    answer = client.post(page.request["PATH_INFO"], sent)
    assert answer.status_code in (200, 302, 400)
    assert everything(model) == before
    assert mine.pk != theirs.pk


@pytest.mark.parametrize("kind", [k for k in PAGES if MODELS[k] not in (ProfileVersion, CalendarYear)])
def test_a_row_of_another_district_is_not_there(xuecheng, zhoucun, kind):
    model = MODELS[kind]
    theirs = one_of(model, zhoucun)
    before = everything(model)
    for post in (Post.ADMINISTRATOR, Post.SECURITY):
        client = signed_in(xuecheng, post)
        assert theirs.pk not in {row.pk for row in client.get(address(kind)).context["cl"].queryset}
        assert client.get(address(kind, "change", theirs.pk)).status_code in (302, 403)
        assert client.post(address(kind, "change", theirs.pk), {"name": "x", "until": "2030-01-01"}).status_code in (302, 403)
    assert client.post(address("accounts.apitoken"), {"action": "revoke", "_selected_action": [theirs.pk]}).status_code in (200, 302)
    assert everything(model) == before


@pytest.mark.parametrize("kind", ["accounts.agency", "cases.matter", "deadlines.profileassignment"])
def test_the_service_refuses_what_the_page_would_not_offer(xuecheng, zhoucun, kind):
    by = keeper(xuecheng, KEPT[kind])
    model = MODELS[kind]
    # A fresh row: what is done to it in memory must not cling to the world that other tests share.
    row = model.objects.get(pk=one_of(model, xuecheng).pk)
    row.jurisdiction = zhoucun.jurisdiction
    with pytest.raises(BadInput, match="本行政区域"):
        keep(row, by=by)
    with pytest.raises(NotVisible):
        keep(one_of(model, zhoucun), by=by)
    with pytest.raises(NotAllowed):
        keep(one_of(model, xuecheng), by=xuecheng.actor("区住建局", Post.HEAD))


def both(xuecheng, zhoucun):
    """A person who is administrator in one district and clerk in another."""
    person = xuecheng.user("区政府办公室", Post.ADMINISTRATOR)
    town = next(a for a in zhoucun.agencies.values() if a.kind == "department")
    other = PostHolding.objects.create(user=person, agency=town, post=Post.CLERK, since=timezone.localdate())
    client = Client()
    client.force_login(person)
    return person, other, client


def act_in(client, holding_id):
    client.post("/post/", {"holding": holding_id})


def test_who_is_administrator_here_and_clerk_there_administers_nothing_there(xuecheng, zhoucun):
    _person, other, client = both(xuecheng, zhoucun)
    theirs = one_of(User, zhoucun)
    act_in(client, other.pk)
    for path in ("/admin/", address("accounts.user"), address("accounts.user", "change", theirs.pk), address("accounts.agency", "add")):
        assert client.get(path).status_code == 403
    assert client.post(f"/admin/accounts/user/{theirs.pk}/reset-password/").status_code == 403
    act_in(client, xuecheng.holdings["区政府办公室", Post.ADMINISTRATOR].pk)
    assert client.get("/admin/").status_code == 200
    assert client.post(f"/admin/accounts/user/{theirs.pk}/ask-password-reset/").status_code == 404
    assert User.objects.get(pk=theirs.pk).password == theirs.password


def test_an_account_with_a_post_in_another_district_is_not_administered_here(xuecheng, zhoucun):
    person = xuecheng.user("区住建局")
    mine, today = xuecheng.jurisdiction.pk, timezone.localdate()
    assert people_of(mine).filter(pk=person.pk).exists()
    town = next(a for a in zhoucun.agencies.values() if a.kind == "department")
    other = PostHolding.objects.create(user=person, agency=town, post=Post.CLERK, since=today + timedelta(days=30))
    assert not people_of(mine).filter(pk=person.pk).exists()
    assert not people_of(zhoucun.jurisdiction.pk).filter(pk=person.pk).exists()
    for world in (xuecheng, zhoucun):
        client = signed_in(world, Post.ADMINISTRATOR)
        assert client.post(f"/admin/accounts/user/{person.pk}/ask-password-reset/").status_code == 404
        assert client.post(address("accounts.user", "change", person.pk), {"username": person.username, "first_name": "x"}).status_code == 302
    other.since, other.until = today - timedelta(days=60), today - timedelta(days=1)
    other.save()
    assert people_of(mine).filter(pk=person.pk).exists()


def test_a_machines_account_is_not_a_persons(xuecheng):
    from tests.systems.conftest import caller

    client = caller(xuecheng, "区住建局").client
    assert not people_of(xuecheng.jurisdiction.pk).filter(pk=client.holding.user_id).exists()
    security = signed_in(xuecheng, Post.SECURITY)
    assert security.get(address("accounts.postholding", "change", client.holding_id)).status_code == 302
