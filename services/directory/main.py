"""What directory is made of: who and what exists, and who may sign in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.directory.accounts import routes as accounts
from services.directory.api_keys import routes as api_keys
from services.directory.imports import routes as imports
from services.directory.programme import routes as programme
from services.directory.removals import routes as removals
from services.directory.resource_routes import router_of
from services.directory.resources import RESOURCES, SNAPSHOTS
from services.directory.settings import DirectorySettings
from services.directory.sign_in import routes as sign_in
from services.directory.sign_in.keys import SigningKeys
from services.directory.sign_in.passwords import Passwords
from services.directory.sign_in.use_cases import Door
from shared.http.app import create_app
from shared.http.auth import Tokens
from shared.process import serve
from shared.settings import read_settings


def build(settings: DirectorySettings) -> FastAPI:
    keys = SigningKeys(
        (settings.token_signing_key, settings.token_signing_key_previous),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        passwords = Passwords(settings.passwords_at_once)
        app.state.tokens = Tokens(keys, issuer=settings.token_issuer, audience=settings.token_audience)
        app.state.door = Door(settings, app.state.database, keys, passwords)
        try:
            yield
        finally:
            passwords.close()

    routers = [
        sign_in.router,
        accounts.router,
        api_keys.router,
        programme.router,
        removals.router,
        imports.router,
        *(router_of(resource) for resource in RESOURCES),
    ]
    return create_app(settings, routers, snapshots=SNAPSHOTS, lifespan=lifespan)


def run() -> None:
    settings = read_settings(DirectorySettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
