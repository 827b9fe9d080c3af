"""What `make account` and `make number` do: the operator's commands, run against the local stack's databases."""

import http.client
import json
import os
import subprocess
import sys
from urllib.parse import quote, urlsplit
from uuid import UUID

from deploy.local.commands import state
from deploy.local.home import ROOT, Home, read_json
from deploy.local.stack import databases_file


def account(home: Home, name: str, email: str) -> int:
    """A new account and its first owner, whose password is printed."""
    if not name or not email:
        return _say('Say whose: make account NAME="Acme Events" EMAIL=owner@example.com', 2)
    return _operate(home, "directory", "accounts", "make", "--name", name, "--email", email)


def number(home: Home, account_id: str, e164: str) -> int:
    """A number for an account. The Twilio stand-in, where it runs, is told that the number is ours."""
    if not account_id or not e164:
        return _say("Say whose and which: make number ACCOUNT=<account_id> NUMBER=+12145550120", 2)
    try:
        UUID(account_id)
    except ValueError:
        return _say(f"ACCOUNT is an account's id, as make account prints it, and not {account_id!r}.", 2)
    code = _operate(home, "directory", "accounts", "show", "--account", account_id)
    code = code or _operate(home, "messaging", "senders", "--account", account_id, "--number", e164)
    demo = read_json(home.demo) or {}
    if code == 0 and demo.get("twilio_api"):
        _tell_stand_in(demo["twilio_api"], e164, f"{demo['gateway']}/webhooks/twilio/sms")
    return code


def _operate(home: Home, service: str, command: str, *arguments: str) -> int:
    if state(home) is None:
        return _say("Nothing is running: make up", 1)
    url = read_json(databases_file(home))[service]["app"]
    program = [sys.executable, "-m", f"services.{service}.{command}", *arguments]
    return subprocess.run(program, cwd=ROOT, env=os.environ | {"FT_DATABASE_URL": url}).returncode


def _tell_stand_in(api: str, e164: str, webhook: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(api).netloc, timeout=10)
    try:
        body, headers = json.dumps({"sms_url": webhook}), {"content-type": "application/json"}
        connection.request("PUT", f"/standin/numbers/{quote(e164)}", body, headers)
        connection.getresponse().read()
    finally:
        connection.close()


def _say(what: str, code: int) -> int:
    print(what, file=sys.stderr)
    return code
