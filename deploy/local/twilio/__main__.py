"""`python -m deploy.local.twilio`."""

from deploy.local.twilio.main import run

if __name__ == "__main__":
    run()
