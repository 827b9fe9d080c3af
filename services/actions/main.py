"""What actions is made of, over HTTP."""

from fastapi import FastAPI

from services.actions.settings import ActionsSettings
from shared.http.app import create_app
from shared.process import serve
from shared.settings import read_settings


def build(settings: ActionsSettings) -> FastAPI:
    return create_app(settings, [])


def run() -> None:
    settings = read_settings(ActionsSettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
