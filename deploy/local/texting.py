"""`make text`: texts as a person would, through the Twilio stand-in, and waits for the reply."""

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlencode, urlsplit

from deploy.local.home import Home, read_json

LONGEST_WAIT = 20


def text(home: Home, sender: str, to: str, body: str) -> int:
    demo = read_json(home.demo) or {}
    if not demo.get("twilio_api"):
        print("The Twilio stand-in is not running: make up, and not with FT_SMS=twilio.", file=sys.stderr)
        return 1
    sender, to = sender or demo["contractors"][0]["phone"], to or demo["twilio_number"]
    if not body:
        print('Say what to text: make text BODY="Met John Smith at the keynote"', file=sys.stderr)
        return 2
    try:
        return _exchange(demo["twilio_api"], sender, to, body)
    except OSError as error:
        print(f"The stand-in does not answer at {demo['twilio_api']} ({error}): make ps", file=sys.stderr)
        return 1


def _exchange(api: str, sender: str, to: str, body: str) -> int:
    sent = _call(api, "POST", "/standin/texts", {"from": sender, "to": to, "body": body})
    if sent.get("error") or not 200 <= (sent.get("webhook_status") or 0) < 300:
        why = sent.get("error") or sent.get("webhook_error") or f"the webhook answered {sent.get('webhook_status')}"
        print(f"The text was not taken: {why}", file=sys.stderr)
        return 1
    query = urlencode({"to": sender, "after": sent["accepted_at"], "timeout": LONGEST_WAIT})
    replies = _call(api, "GET", f"/standin/wait?{query}")["items"]
    for reply in replies:
        print(reply["body"])
    if not replies:
        print(f"No reply within {LONGEST_WAIT} s: make logs P=actions-worker", file=sys.stderr)
    return 0 if replies else 1


def _call(api: str, method: str, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection(urlsplit(api).netloc, timeout=LONGEST_WAIT + 10)
    try:
        connection.request(method, path, json.dumps(body) if body else None, {"content-type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
