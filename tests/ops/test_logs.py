"""The log says what, where, in which request and act, by whom as a number; nobody's data, whatever goes wrong and whoever logs it."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.kinds import Post
from accounts.models import User
from core.log_context import doing
from core.logs import JsonLines, Readable
from core.models import AuditEntry
from foundation.work import kinds, tasks
from foundation.work.kinds import Kind, Timed
from foundation.work.performing import perform
from referrals import services
from referrals.views import lists
from tests import make

NAME, CARD, PHONE, MAIL = "张三丰", "370402199001011234", "13812345678", "zhang.san@example.org"
SECRETS = (NAME, "三丰", CARD, PHONE, MAIL, "zhang.san")
ALL_OF_THEM = f"{NAME} {CARD} {PHONE} {MAIL}"


class Gathered:
    """Everything that any logger says, at any level, in both forms."""

    def __init__(self):
        self.streams = {JsonLines(): io.StringIO(), Readable(): io.StringIO()}
        self.handlers = []
        for formatter, stream in self.streams.items():
            handler = logging.StreamHandler(stream)
            handler.setFormatter(formatter)
            self.handlers.append(handler)

    @property
    def text(self):
        return "".join(stream.getvalue() for stream in self.streams.values())

    @property
    def lines(self):
        return [json.loads(line) for line in next(iter(self.streams.values())).getvalue().splitlines()]


@pytest.fixture
def gathered():
    found, root = Gathered(), logging.getLogger()
    before = root.level
    for handler in found.handlers:
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # Of every statement Django says its values while it is debugged; that is never on, and not what is tried here.
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    yield found
    root.setLevel(before)
    for handler in found.handlers:
        root.removeHandler(handler)


def nothing_of_anybody(found):
    for secret in SECRETS:
        assert secret not in found.text, (secret, [line for line in found.text.splitlines() if secret in line])
    assert found.lines


def line_of(found, **wanted):
    return next(line for line in reversed(found.lines) if wanted.items() <= line.items())


def test_a_request_is_one_line_with_its_number_its_act_its_person_and_its_view(xuecheng, gathered):
    client = Client()
    client.force_login(xuecheng.user("区住建局"))
    referral = services.submit_referral(make.draft(xuecheng).pk, by=make.sender(xuecheng))
    leader = xuecheng.user("区住建局", Post.LEADER)
    client.force_login(leader)
    client.get("/")
    answer = client.post(f"/referrals/{referral.pk}/act/return_to_drafter/", {"reason": ALL_OF_THEM, "version": referral.version})
    line = line_of(gathered, logger="yisong.access", view="act")
    assert (line["request"], line["user"], line["method"]) == (answer["X-Request-ID"], leader.pk, "POST")
    assert line["status"] == answer.status_code
    assert line["act"] == AuditEntry.objects.filter(subject_kind="referral", subject_id=str(referral.pk)).latest("id").pk
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    nothing_of_anybody(gathered)


def test_a_birth_bears_the_number_of_its_entry_too(xuecheng, gathered):
    with doing(request_id="x") as one:
        referral = make.draft(xuecheng)
    assert one.act in AuditEntry.objects.values_list("pk", flat=True)
    assert referral.pk


@pytest.mark.parametrize(("sent", "kept"), [("0123456789abcdef" * 2, True), (CARD, False), (NAME, False), ("", False)])
def test_a_proxys_number_is_kept_only_where_it_can_be_nobodys_data(xuecheng, gathered, sent, kept):
    answer = Client().get("/sign-in/", headers={"X-Request-ID": sent.encode().decode("latin-1")} if sent else {})
    assert (answer["X-Request-ID"] == sent) == kept
    assert line_of(gathered, logger="yisong.access")["request"] == answer["X-Request-ID"]


def test_an_address_that_holds_somebodys_data_is_not_written_down(xuecheng, gathered):
    client = Client(raise_request_exception=False)
    client.get(f"/nowhere/{CARD}/{NAME}/")
    client.get("/referrals/", {"q": ALL_OF_THEM})
    client.get("/api/v1/cases/", {"party_code": CARD, "name": NAME})
    client.get("/sign-in/", headers={"Host": "zhang.san.example"})
    client.post("/sign-in/", {"username": MAIL, "password": PHONE})
    client.generic("POST", "/api/v1/referrals/", f'{{"party_name": "{NAME}", ', content_type="application/json")
    client.generic(PHONE, "/")
    nothing_of_anybody(gathered)


def test_a_view_that_falls_is_named_with_its_place_and_not_with_its_words(xuecheng, gathered, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(xuecheng.user("区住建局"))

    def fall(*_given):
        try:
            raise KeyError(CARD)
        except KeyError as error:
            raise ValueError(f"cannot read {ALL_OF_THEM}") from error

    monkeypatch.setattr(lists, "render", fall)
    answer = client.get("/", {"q": NAME})
    assert answer.status_code == 500
    nothing_of_anybody(gathered)
    line = next(line for line in gathered.lines if "error" in line)
    assert line["error"][:2] == ["builtins.ValueError", "builtins.KeyError"]
    assert any(place.endswith(" fall") for place in line["places"])
    assert (line["view"], line["user"], line["request"]) == ("workbench", xuecheng.user("区住建局").pk, answer["X-Request-ID"])


def refused_by_the_database(number):
    if number == 0:
        User.objects.create(username="twice", first_name=NAME)
        User.objects.create(username="twice", first_name=ALL_OF_THEM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer" if number == 1 else f"SELECT '{NAME} {CARD}'::integer", [ALL_OF_THEM] if number == 1 else None)


@pytest.mark.parametrize("number", range(3))
def test_what_the_database_refuses_is_named_without_the_row(db, gathered, number):
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        refused_by_the_database(number)
    error = raised.value
    logging.getLogger("yisong.toy").error("did not go: %s", error, exc_info=error)
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/{NAME}/", exc_info=error)
    logging.getLogger("someone.else").warning(f"failed: {error}", exc_info=error)
    nothing_of_anybody(gathered)
    assert "psycopg.errors" in gathered.text


def test_background_work_that_fails_is_named_by_kind_and_number(db, gathered, settings, monkeypatch):
    settings.WORK_RAISES = False

    def run(_given):
        raise ValueError(ALL_OF_THEM)

    monkeypatch.setitem(kinds.KINDS, "toy", Kind("toy", NAME, "mail", run, lambda now: []))
    monkeypatch.setitem(kinds.TIMED, "toy", Timed("toy", NAME, "watch", run))
    tasks.work.apply(("toy", 7), task_id="c" * 8 + "-1111-4222-8333-" + "d" * 12)
    tasks.at_set_time.apply(("toy",), throw=False)
    perform("toy", 8)
    nothing_of_anybody(gathered)
    line = line_of(gathered, task="toy:7")
    assert line["request"].startswith("cccccccc")
    assert "ValueError" in line["message"]
    assert any("builtins.ValueError" in one.get("error", []) for one in gathered.lines)


FOREIGN = [
    (
        "Task %(name)s[%(id)s] %(description)s: %(exc)s",
        ({"name": "foundation.work.tasks.work", "id": "x", "description": NAME, "exc": f"E({CARD})"},),
    ),
    ("Invalid HTTP_HOST header: %r. The domain name provided is not valid", (MAIL,)),
    ("Received task: %s with %r", (object(), [NAME, CARD])),
    (f"put together: {NAME} {PHONE}", ()),
]


@pytest.mark.parametrize(("said", "given"), FOREIGN, ids=range(len(FOREIGN)))
def test_what_other_peoples_code_logs_keeps_its_sentence_and_loses_the_values(gathered, said, given):
    logging.getLogger("celery.app.trace").error(said, *given)
    nothing_of_anybody(gathered)
    assert re.split("%|: ", said)[0][:8] in gathered.lines[-1]["message"]


def test_the_readable_form_says_the_same_on_one_line(gathered):
    with doing(request_id="abc", task="toy:7"):
        logging.getLogger("yisong.toy").warning("%s failed 100%% of %d", "toy", 3)
    assert re.search(r"WARNING yisong\.toy toy failed 100% of 3 request=abc task=toy:7\n", gathered.text)
    assert gathered.lines[-1]["message"] == "toy failed 100% of 3"


def test_every_handler_of_ours_writes_one_of_the_two_forms():
    assert {f["()"] for f in settings.LOGGING["formatters"].values()} == {"core.logs.JsonLines", "core.logs.Readable"}
    assert {h["formatter"] for h in settings.LOGGING["handlers"].values()} <= {"json", "plain"}


def test_the_web_server_and_the_workers_log_in_the_same_forms():
    from config import web_server
    from config.celery import app, log_as_the_settings_say

    assert web_server.logconfig_dict["formatters"] == settings.LOGGING["formatters"]
    assert web_server.logconfig_dict["loggers"]["gunicorn.access"]["level"] == "WARNING"
    from celery.signals import setup_logging

    assert log_as_the_settings_say in [ref() for _key, ref in setup_logging.receivers]
    assert app
