"""Directory on a database of its own, and who calls it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI

from services.directory.accounts.schemas import NewAccount, NewUser
from services.directory.accounts.use_cases import make_account
from services.directory.main import build
from services.directory.settings import DirectorySettings
from services.directory.sign_in.keys import SigningKeys
from shared.db.database import Database
from tests.conftest import Urls, client_of

PASSWORD = "correct horse battery"


def new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


KEY = new_key()


@pytest.fixture
async def urls(database_of: Callable[[str], Awaitable[Urls]]) -> Urls:
    return await database_of("directory")


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    database = urls.database("app", pool_size=8)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def built() -> tuple[DirectorySettings, FastAPI]:
    """The application is built once, which takes longer than most tests; it opens each test's own database."""
    settings = DirectorySettings(
        port=1,
        jwks_url="http://directory.example.com/.well-known/jwks.json",
        database_url="postgresql+asyncpg://directory_app@/directory",
        kafka_bootstrap="kafka.example.com:9092",
        token_signing_key=KEY,
        sign_in_attempts=3,
        service_secrets={"messaging": "a-secret-of-messaging"},
        service_scopes={"messaging": "contractors:read users:write"},
    )
    return settings, build(settings)


@pytest.fixture
def settings(built: tuple[DirectorySettings, FastAPI], urls: Urls) -> DirectorySettings:
    built[0].database_url = urls.app
    return built[0]


@pytest.fixture
async def app(built: tuple[DirectorySettings, FastAPI], settings: DirectorySettings) -> FastAPI:
    return built[1]


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@dataclass
class Api:
    """One caller's view of the service: `await api.post("/contractors", full_name="…")`."""

    client: httpx.AsyncClient
    account_id: UUID
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = self.headers | options.pop("headers", {})
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **query: Any) -> Any:
        return self.body_of(await self.call("GET", path, params=query))

    async def post(self, path: str, **body: Any) -> Any:
        return self.body_of(await self.call("POST", path, json=body))

    async def patch(self, path: str, **body: Any) -> Any:
        return self.body_of(await self.call("PATCH", path, json=body))

    async def delete(self, path: str) -> None:
        answer = await self.call("DELETE", path)
        assert answer.status_code == 204, answer.text

    async def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(path, **query))["items"]
        return found

    @staticmethod
    def body_of(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def as_role(self, role: str, **claims: Any) -> "Api":
        return Api(self.client, self.account_id, bearer(self.account_id, role, **claims))


def bearer(account_id: UUID, role: str = "owner", **claims: Any) -> dict[str, str]:
    keys = SigningKeys([KEY], issuer="followthrough", audience="followthrough")
    user_id = str(claims.pop("user_id", uuid4()))
    named = {name: str(value) for name, value in claims.items()}
    token = keys.sign(
        {"sub": user_id, "user_id": user_id, "account_id": str(account_id), "role": role, "scope": "", **named},
        seconds=600,
    )
    return {"Authorization": f"Bearer {token}"}


async def new_api(client: httpx.AsyncClient, database: Database, name: str, email: str) -> Api:
    made = await make_account(
        database,
        NewAccount(name=name, time_zone="America/Chicago"),
        NewUser(email=email, role="owner", password=PASSWORD),
    )
    return Api(client, made.account_id, bearer(made.account_id, user_id=made.user_id))


@pytest.fixture
async def api(client: httpx.AsyncClient, database: Database) -> Api:
    return await new_api(client, database, "Power100 Events", "owner@example.com")


@pytest.fixture
async def other(client: httpx.AsyncClient, database: Database) -> Api:
    return await new_api(client, database, "Trade Forum", "owner@example.org")


async def outbox(urls: Urls) -> list[tuple[str, dict[str, Any]]]:
    """What was told so far: type and payload, in order."""

    worker = urls.database("worker", pool_size=1)
    async with worker.connection() as connection:
        rows = await connection.fetch("SELECT type, payload FROM outbox ORDER BY seq")
    await worker.close()
    return [(row["type"], json.loads(row["payload"])) for row in rows]


@pytest.fixture(scope="session")
def rsa_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
