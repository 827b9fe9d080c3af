"""`python -m deploy.local <command>`: what the Makefile calls. Imports only what the command needs, so that it is quick."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python may forget a KeyboardInterrupt while it imports.

import argparse  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402

from deploy.local.home import Home  # noqa: E402


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local",
        description="The local stack. TO, FROM, BODY, NAME, EMAIL, ACCOUNT and NUMBER may also come from the environment.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in {
        "up": "start everything",
        "down": "stop everything",
        "fresh": "throw away what the stack knows, and start everything",
        "ps": "what runs",
        "demo": "play an event day",
    }.items():
        commands.add_parser(name, help=what)
    logs = commands.add_parser("logs", help="what the processes say")
    logs.add_argument("process", nargs="?", default="")
    logs.add_argument("--follow", action="store_true")
    clock = commands.add_parser("clock", help="move the stack's time")
    clock.add_argument("to", nargs="?", default=os.environ.get("TO", ""))
    text = commands.add_parser("text", help="text as a person would")
    text.add_argument("--from", dest="sender", default=os.environ.get("FROM", ""))
    text.add_argument("--to", default=os.environ.get("TO", ""))
    text.add_argument("body", nargs="?", default=os.environ.get("BODY", ""))
    account = commands.add_parser("account", help="make an account and its first owner")
    account.add_argument("--name", default=os.environ.get("NAME", ""))
    account.add_argument("--email", default=os.environ.get("EMAIL", ""))
    number = commands.add_parser("number", help="give an account a number")
    number.add_argument("--account", default=os.environ.get("ACCOUNT", ""))
    number.add_argument("--number", default=os.environ.get("NUMBER", ""))
    return _run(parser.parse_args(arguments), Home.of_environment())


def _run(told: argparse.Namespace, home: Home) -> int:
    if told.command == "text":
        from deploy.local.texting import text

        return text(home, told.sender, told.to, told.body)
    if told.command == "clock":
        from deploy.local.clock import clock

        return clock(home, told.to)
    if told.command == "demo":
        from deploy.local.demo import play

        return play(home)
    if told.command in ("account", "number"):
        from deploy.local import accounts

        if told.command == "account":
            return accounts.account(home, told.name, told.email)
        return accounts.number(home, told.account, told.number)
    from deploy.local import commands

    if told.command == "logs":
        return commands.logs(home, told.process, follow=told.follow)
    of_home = {"up": commands.up, "down": commands.down, "fresh": commands.fresh, "ps": commands.ps}
    return of_home[told.command](home)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
