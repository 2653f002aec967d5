"""The outbox and the deliveries: who learns of what, in which order, how often, and what a bad receiver cannot do."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput
from core.models import OutboxEvent
from notifications.models import Message
from referrals import services
from systems import events
from systems.endpoints import switch_endpoint
from systems.models import Delivery, Endpoint
from systems.sending import check_url, reachable, send, vetted
from tests import make
from tests.systems.conftest import caller


class Receiver:
    """A small server that keeps what it is sent and answers as told."""

    def __init__(self):
        self.got, self.answers, self.delay = [], [], 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                time.sleep(receiver.delay)
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "elsewhere")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def types(self):
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver(settings):
    settings.EVENTS_ALLOW_PRIVATE = True
    made = Receiver()
    yield made
    made.server.shutdown()


def subscribed(system, url, kinds=()):
    answer = system.post("endpoints/", {"url": url, "events": list(kinds)})
    assert answer.status_code == 201, answer.content
    return answer.json()


def run(times=1):
    for _n in range(times):
        while events.fan_out(timezone.now()):
            pass
        for endpoint in events.endpoints_to_serve(timezone.now()):
            events.serve(endpoint)


def test_events_arrive_signed_in_order_and_without_a_word_of_the_party(xuecheng, system, receiver):
    made = subscribed(system, receiver.url)
    referral = make.accepted(xuecheng)
    run()
    assert receiver.types() == [
        "referral.start_draft",
        "referral.submit",
        "referral.sign",
        "referral.deliver",
        "referral.sign_for",
        "referral.accept",
    ]
    for headers, body in receiver.got:
        said = headers["Yisong-Timestamp"].encode() + b"." + body
        assert headers["Yisong-Signature"] == "v1=" + hmac.new(made["secret"].encode(), said, hashlib.sha256).hexdigest()
        assert "喆堃" not in body.decode()
        assert json.loads(body)["subject"] == {"kind": "referral", "id": referral.pk}
    assert json.loads(receiver.got[-1][1])["version"] == referral.version
    run()
    assert len(receiver.got) == 6


def test_an_event_falls_with_the_act_that_it_tells_of(xuecheng):
    from django.db import transaction

    before = OutboxEvent.objects.count()
    with transaction.atomic():
        services.start_draft(by=make.sender(xuecheng), data=make.complete(xuecheng))
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == before


def test_only_who_may_see_the_referral_learns_of_it(xuecheng, zhoucun, receiver):
    stranger = caller(xuecheng, "区民政局")
    subscribed(stranger, receiver.url + "stranger")
    party = caller(xuecheng, "区综合行政执法局")
    subscribed(party, receiver.url + "party", ["referral.deliver", "referral.submit"])
    make.delivered(xuecheng)
    make.delivered(zhoucun)
    run()
    assert receiver.types() == ["referral.deliver"] or receiver.types() == ["referral.submit", "referral.deliver"]
    assert Delivery.objects.filter(endpoint__url__endswith="stranger").count() == 0


def test_a_later_event_of_the_same_referral_waits_for_the_earlier_and_others_do_not(xuecheng, receiver, at):
    at("2026-03-09T09:00")
    system = caller(xuecheng, "区住建局")
    subscribed(system, receiver.url)
    first, second = make.draft(xuecheng), make.draft(xuecheng, party_code=make.credit_code(2))
    services.submit_referral(first.pk, by=make.sender(xuecheng))
    receiver.answers = [400]
    run(3)
    streams = [json.loads(body)["stream"] for _h, body in receiver.got]
    assert streams == [f"referral:{first.pk}", f"referral:{second.pk}"]
    at("2026-03-09T09:00:31")
    run()
    assert receiver.types() == ["referral.start_draft", "referral.start_draft", "referral.start_draft", "referral.submit"]


def test_pauses_grow_for_three_days_then_the_event_is_parked_and_the_endpoint_switched_off(xuecheng, receiver, at):
    now = at("2026-03-09T09:00")
    system = caller(xuecheng, "区住建局")
    subscribed(system, receiver.url)
    make.draft(xuecheng)
    receiver.answers = [503] * 1000
    gaps = []
    while Delivery.objects.filter(state="waiting").exists() or not gaps:
        run()
        delivery = Delivery.objects.get()
        if delivery.state != "waiting":
            break
        gaps.append(delivery.next_at - now)
        now = at(max(delivery.next_at, Endpoint.objects.get().paused_until).isoformat())
    assert gaps[:4] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(gaps) == timedelta(hours=6)
    assert Delivery.objects.get().state == "parked"
    endpoint = Endpoint.objects.get()
    assert endpoint.off_at is not None
    told = set(Message.objects.filter(kind="system").values_list("user__holdings__post", flat=True))
    assert {"clerk", "security_administrator"} <= told
    receiver.answers, receiver.got = [], []
    switch_endpoint(endpoint.pk, by=xuecheng.actor("区政府办公室", Post.SECURITY), on=True)
    system.token = ""
    from systems.models import SystemClient

    SystemClient.objects.update(expires_at=now + timedelta(days=30))
    answer = system.post(f"deliveries/{delivery.pk}/resend/")
    assert answer.status_code == 200, answer.content
    run()
    assert Delivery.objects.get().state == "delivered"


def test_a_redirect_is_not_followed_and_counts_as_a_failure(xuecheng, system, receiver):
    subscribed(system, receiver.url)
    make.draft(xuecheng)
    receiver.answers = [302]
    run()
    assert (len(receiver.got), Delivery.objects.get().status, Delivery.objects.get().state) == (1, 302, "waiting")


def test_a_server_that_hangs_or_drips_is_cut_off(settings, monkeypatch):
    settings.EVENTS_ALLOW_PRIVATE = True
    monkeypatch.setattr("systems.sending.LONGEST", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _address = listener.accept()
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _n in range(100):
                connection.sendall(b"y")
                time.sleep(0.1)
        except OSError:
            pass

    threading.Thread(target=drip, daemon=True).start()
    answer = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", "s", b"{}", "e", 0.0)
    assert not answer.taken
    assert answer.milliseconds < 3000


def test_one_that_hangs_rests_and_holds_up_no_other(xuecheng, system, receiver, monkeypatch):
    monkeypatch.setattr("systems.sending.LONGEST", 0.3)
    deaf = socket.create_server(("127.0.0.1", 0))
    subscribed(system, f"http://127.0.0.1:{deaf.getsockname()[1]}/")
    other = caller(xuecheng, "区住建局", name="城市数据平台")
    subscribed(other, receiver.url)
    make.draft(xuecheng)
    make.draft(xuecheng, party_code=make.credit_code(2))
    run(3)
    assert len(receiver.got) == 2
    hanging = Endpoint.objects.get(url__contains=str(deaf.getsockname()[1]))
    assert (hanging.failures, hanging.paused_until > timezone.now()) == (1, True)


def test_two_workers_do_not_serve_the_same_endpoint(xuecheng, system, receiver):
    subscribed(system, receiver.url)
    make.draft(xuecheng)
    events.fan_out(timezone.now())
    Endpoint.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    assert events.endpoints_to_serve(timezone.now()) == []
    assert events.serve(Endpoint.objects.get().pk) == 0
    Endpoint.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert events.serve(Endpoint.objects.get().pk) == 1


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/x", "https://192.168.1.1/", "https://169.254.169.254/latest/",
     "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "https://user:pw@example.org/", "ftp://example.org/", "https:///x",
     "https://example.org:0/", "https://example.org:99999/", "https://db.internal/", "https://0.0.0.0/", "https://例子.cn/", "https://a b/", "x", "https://example.org/#f",
     "https://[bad/"],
)  # fmt: skip
def test_no_event_goes_to_a_private_or_odd_address(db, url):
    with pytest.raises(BadInput):
        check_url(url)


def test_a_name_that_turns_private_is_refused_when_sent(settings, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))])
    with pytest.raises(PermissionError):
        vetted("example.org", 443)
    assert not send("https://example.org/", "s", b"{}", "e", 0.0).taken


@pytest.mark.parametrize(
    ("address", "open_"),
    [("8.8.8.8", True), ("100.64.0.1", False), ("224.0.0.1", False), ("2001:4860:4860::8888", True), ("2002:0a00:0001::", False),
     ("fec0::1", False), ("feff::1", False), ("3fff::1", False), ("3fff:fff:ffff::1", False), ("192.88.99.1", False), ("5f00::1", False),
     ("64:ff9b::10.0.0.1", False), ("64:ff9b::8.8.8.8", True), ("64:ff9b:1::1", False), ("::10.0.0.1", False), ("100::1", False),
     ("198.18.0.1", False), ("255.255.255.255", False), ("2001:db8::1", False), ("2001:0:1::1", False), ("4000::1", False)],
)  # fmt: skip
def test_which_addresses_are_public(address, open_):
    import ipaddress

    assert reachable(ipaddress.ip_address(address)) is open_


def test_the_signing_secret_is_told_once_and_not_stored(xuecheng, system, receiver):
    made = subscribed(system, receiver.url)
    assert made["secret"] not in str(Endpoint.objects.values())
    assert "secret" not in system.get(f"endpoints/{made['id']}/").json()


def test_a_subscription_is_refused_twice_and_for_unknown_events(xuecheng, system, receiver):
    subscribed(system, receiver.url)
    assert system.post("endpoints/", {"url": receiver.url}).status_code == 400
    assert system.post("endpoints/", {"url": receiver.url + "b", "events": ["referral.nothing"]}).status_code == 400
    assert system.post("endpoints/", {"url": 5}).status_code == 400


def test_unsubscribing_wants_the_version_and_parks_what_waits(xuecheng, system, receiver):
    made = subscribed(system, receiver.url)
    make.draft(xuecheng)
    events.fan_out(timezone.now())
    assert system.send("delete", f"endpoints/{made['id']}/").status_code == 428
    assert system.send("delete", f"endpoints/{made['id']}/", If_Match='"v1"').status_code == 204
    assert Delivery.objects.get().state == "parked"
    assert system.post(f"deliveries/{Delivery.objects.get().pk}/resend/").status_code == 409


def test_one_client_neither_sees_nor_resends_anothers(xuecheng, system, receiver):
    subscribed(system, receiver.url)
    make.draft(xuecheng)
    run()
    other = caller(xuecheng, "区住建局", name="另一系统")
    assert other.get("deliveries/").json()["results"] == []
    assert other.post(f"deliveries/{Delivery.objects.get().pk}/resend/").status_code == 404
    assert len(system.get("deliveries/?state=delivered").json()["results"]) == 1


def test_old_events_are_forgotten_and_waiting_ones_kept(xuecheng, system, receiver):
    subscribed(system, receiver.url)
    make.draft(xuecheng)
    events.fan_out(timezone.now())
    OutboxEvent.objects.update(at=timezone.now() - timedelta(days=40))
    assert events.forget_old_events(timezone.now()) == 0
    run()
    assert events.forget_old_events(timezone.now()) > 0


def test_the_watch_tells_of_an_escalation(xuecheng, receiver, at):
    from oversight import watch

    at("2026-03-09T09:00")
    office = caller(xuecheng, "区政府办公室", Post.GOVERNMENT_CLERK, name="督查平台")
    subscribed(office, receiver.url)
    make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:01"))
    run()
    assert "escalation.raise" in receiver.types()


def test_the_tasks_send_what_is_new_and_tidy_up(xuecheng, system, receiver):
    from oauth2_provider.models import get_access_token_model

    from systems.upkeep import send_events, tidy

    subscribed(system, receiver.url)
    make.draft(xuecheng)
    send_events(timezone.now())
    assert receiver.types() == ["referral.start_draft"]
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(days=2))
    OutboxEvent.objects.update(at=timezone.now() - timedelta(days=40))
    tidy(timezone.now())
    assert (OutboxEvent.objects.count(), get_access_token_model().objects.count()) == (0, 0)
