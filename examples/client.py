"""A small client of Yisong: tokens, retries that act once, and a receiver of events that checks their signatures."""

import hashlib
import hmac
import json
import os
import threading
import time
import urllib.request
import uuid
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer


class Yisong:
    def __init__(self, base, credentials):
        self.api, basic = base + "/api/v1/", b64encode(credentials.encode()).decode()
        request = urllib.request.Request(self.api + "token/", b"grant_type=client_credentials", {"Authorization": f"Basic {basic}"})
        self.token = json.load(urllib.request.urlopen(request, timeout=30))["access_token"]

    def call(self, method, path, body=None, etag=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        headers |= {"If-Match": etag} if etag else {}
        data = None if body is None else json.dumps(body).encode()
        for pause in (1, 5, 30, None):  # the same key on every try: it is done once, however often it is asked
            try:
                with urllib.request.urlopen(urllib.request.Request(self.api + path, data, headers, method=method), timeout=30) as answer:
                    return json.load(answer), answer.headers.get("ETag")
            except urllib.error.HTTPError as refusal:
                if (refusal.code < 500 and refusal.code != 429) or pause is None:
                    raise RuntimeError(refusal.read().decode()) from None  # problem+json: type, detail, clause, errors
                time.sleep(pause)


class Receiver(BaseHTTPRequestHandler):
    secret, seen = "", {}

    def do_POST(self):
        body, stamp = self.rfile.read(int(self.headers["Content-Length"])), self.headers["Yisong-Timestamp"]
        right = "v1=" + hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(stamp)) < 300
        genuine = fresh and hmac.compare_digest(right, self.headers["Yisong-Signature"])
        if genuine:  # at least once: an id that was seen before is answered, not acted on again
            self.seen.setdefault(self.headers["Yisong-Event-Id"], json.loads(body))
        self.send_response(204 if genuine else 401)
        self.end_headers()


if __name__ == "__main__":
    yisong = Yisong(os.environ["YISONG"], os.environ["CASE_SYSTEM"])
    server = HTTPServer(("127.0.0.1", int(os.environ.get("RECEIVER_PORT", "0"))), Receiver)
    address = os.environ.get("RECEIVER_URL", f"http://127.0.0.1:{server.server_port}/")
    Receiver.secret = yisong.call("POST", "endpoints/", {"url": address})[0]["secret"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    draft, etag = yisong.call("POST", "referrals/", {"place": "薛城区泰山南路88号"})
    draft, etag = yisong.call("PATCH", f"referrals/{draft['id']}/", {"facts": "现场检查发现占道堆放。"}, etag)
    print("draft", draft["id"], etag, "still missing:", len(draft["missing"]))
    until = time.time() + 60
    while not Receiver.seen and time.time() < until:
        time.sleep(0.2)
    print("events:", [event["type"] for event in Receiver.seen.values()])
