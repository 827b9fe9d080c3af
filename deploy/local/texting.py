"""`make text`: texts as a person would, through the Twilio stand-in, and waits for the reply."""

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlencode, urlsplit

from deploy.local.home import Home, read_json

LONGEST_WAIT, A_MOMENT = 20, 2
PUNCTUATION = str.maketrans("", "", " ()-.")


def text(home: Home, sender: str, to: str, body: str) -> int:
    demo = read_json(home.demo) or {}
    if not demo.get("twilio_api"):
        print("The Twilio stand-in is not running: make up, and not with FT_SMS=twilio.", file=sys.stderr)
        return 1
    sender = sender.translate(PUNCTUATION) or demo["contractors"][0]["phone"]
    to = to.translate(PUNCTUATION) or demo["twilio_number"]
    if not body:
        print('Say what to text: make text BODY="Met John Smith at the keynote"', file=sys.stderr)
        return 2
    try:
        return _exchange(demo, sender, to, body)
    except OSError as error:
        print(f"The stand-in does not answer at {demo['twilio_api']} ({error}): make up, or make ps", file=sys.stderr)
        return 1


def _exchange(demo: dict[str, Any], sender: str, to: str, body: str) -> int:
    api = demo["twilio_api"]
    sent = _call(api, "POST", "/standin/texts", {"from": sender, "to": to, "body": body})
    if sent.get("error") or not 200 <= (sent.get("webhook_status") or 0) < 300:
        why = sent.get("error") or sent.get("webhook_error") or f"the webhook answered {sent.get('webhook_status')}"
        print(f"The text was not taken: {why}", file=sys.stderr)
        return 1
    for wait in (A_MOMENT, LONGEST_WAIT - A_MOMENT):
        query = urlencode({"to": sender, "after": sent["accepted_at"], "timeout": wait})
        replies = _call(api, "GET", f"/standin/wait?{query}")["items"]
        for reply in replies:
            print(reply["body"])
        if replies:
            return 0
        if to == demo["twilio_number"] and _needs_none(demo, body):
            print("(Taken, and answered with silence, as what asks for nothing and what follows a STOP is.)")
            return 0
    print(f"No reply within {LONGEST_WAIT} s: make logs P=actions-worker", file=sys.stderr)
    return 1


def _needs_none(demo: dict[str, Any], body: str) -> bool:
    """The newest turn is this text, and it is over."""
    path = "/api/v1/concierge-turns?limit=1"
    turns = _call(demo["gateway"], "GET", path, headers={"x-api-key": demo["api_key"]}).get("items", [])
    said = [message["body"] for turn in turns if turn["status"] == "silent" for message in turn["messages"]]
    return body in said


def _call(api: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    connection = http.client.HTTPConnection(urlsplit(api).netloc, timeout=LONGEST_WAIT + 10)
    try:
        told = {"content-type": "application/json"} | (headers or {})
        connection.request(method, path, json.dumps(body) if body else None, told)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
