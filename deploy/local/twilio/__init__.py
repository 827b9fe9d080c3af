"""A Twilio of our own for the local stack and the tests: its REST protocol, its webhooks, its ledger."""

from deploy.local.twilio.main import run

__all__ = ["run"]
