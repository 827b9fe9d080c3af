"""`$FT_HOME/demo.json`: who can sign in and who texts, for people, scripts and tests."""

from deploy import topology
from deploy.local.home import Home, read_json, write_json
from deploy.local.stack import LocalPlace


def write(home: Home, place: LocalPlace) -> None:
    """What the seed made, and where things are this time."""
    seeded = read_json(home.path / "seeded.json") or {}
    standin = place.sms == "standin"
    addresses = {
        "gateway": place.public_url,
        "twilio_number": topology.DEMO_NUMBER,
        "twilio_account_sid": place.secret("twilio_account_sid"),
        "twilio_auth_token": place.secret("twilio_auth_token") if standin else "",
        "twilio_api": place.url("twilio") if standin else "",
    }
    write_json(home.demo, seeded | addresses)
