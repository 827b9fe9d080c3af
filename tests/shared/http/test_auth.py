"""Hostile tokens: whatever is not a current token of ours is 401, without a row being read."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.conftest import Urls, client_of
from tests.shared.http.things_app import build
from tests.standins.issuer import Issuer

PATH = "/api/v1/things"


@pytest.fixture
async def client(urls: Urls, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build(urls, issuer.jwks_url)) as client:
        yield client


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def part(value: dict[str, Any]) -> str:
    return encoded(json.dumps(value).encode())


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


async def status_of(client: httpx.AsyncClient, token: str) -> int:
    answer = await client.get(PATH, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthenticated"
    return answer.status_code


def signed(issuer: Issuer, claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = None) -> str:
    return jwt.encode(claims, key or issuer.key, algorithm="RS256", headers={"kid": "test"} | (header or {}))


async def test_a_good_token_passes(client: httpx.AsyncClient, issuer: Issuer, account_id: UUID) -> None:
    assert await status_of(client, issuer.token(account_id)) == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
async def test_a_token_without_a_signature_is_refused(
    algorithm: str, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    good = issuer.token(account_id)
    header = part({"alg": algorithm, "typ": "JWT", "kid": "test"})
    for signature in ("", good.rpartition(".")[2]):
        assert await status_of(client, f"{header}.{good.split('.')[1]}.{signature}") == 401


async def test_a_public_key_used_as_a_shared_secret_is_refused(
    client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    public = issuer.key.public_key()
    body = f"{part({'alg': 'HS256', 'kid': 'test'})}.{part(claims_of(issuer.token(account_id)))}"
    for form in (Encoding.PEM, Encoding.DER):
        secret = public.public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
        for padding in (b"", b"\n"):
            signature = hmac.new(secret + padding, body.encode(), hashlib.sha256).digest()
            assert await status_of(client, f"{body}.{encoded(signature)}") == 401


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256", "HS256", "ES256", "EdDSA", "", None, 7])
async def test_another_algorithm_than_the_keys_is_refused(
    algorithm: Any, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    good = issuer.token(account_id)
    header = part({"alg": algorithm, "kid": "test"})
    assert await status_of(client, f"{header}.{good.split('.')[1]}.{good.rpartition('.')[2]}") == 401


async def test_a_key_that_the_token_brings_itself_is_not_used(
    client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)
    claims = claims_of(issuer.token(account_id))
    hostile: tuple[dict[str, Any], ...] = (
        {},
        {"jwk": jwk},
        {"jku": "https://keys.example.com/jwks.json"},
        {"x5u": "https://keys.example.com/chain.pem"},
        {"jwk": jwk, "kid": "mine"},
    )
    for header in hostile:
        assert await status_of(client, signed(issuer, claims, header, own)) == 401


@pytest.mark.parametrize(
    "kid", ["unknown", "", "../../../dev/null", "' OR 1=1 --", "test\x00", "a" * 10_000, 7, None, ["test"], {"test": 1}]
)
async def test_a_hostile_key_id_is_refused(
    kid: Any, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    header = part({"alg": "RS256", "kid": kid})
    good = issuer.token(account_id)
    assert await status_of(client, f"{header}.{good.split('.')[1]}.{good.rpartition('.')[2]}") == 401


@pytest.mark.parametrize("crit", [["exp"], ["https://example.com/x"], ["b64"], [], "x"])
async def test_a_critical_header_is_refused_even_when_well_signed(
    crit: Any, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    body = f"{part({'alg': 'RS256', 'kid': 'test', 'crit': crit})}.{part(claims_of(issuer.token(account_id)))}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(body.encode(), issuer.key)
    assert await status_of(client, f"{body}.{encoded(signature)}") == 401


@pytest.mark.parametrize(
    "change",
    [
        {"exp": int(time.time()) - 60},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": int(time.time()) + 600},
        {"nbf": int(time.time()) + 600},
        {"aud": "another"},
        {"aud": ["another", "others"]},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"sub": None},
        {"account_id": None},
        {"account_id": "all"},
        {"account_id": ["0198c0de-0000-7000-8000-000000000000"]},
        {"role": None},
        {"user_id": "1; DROP TABLE users"},
        {"contractor_id": "x"},
        {"scope": 7},
    ],
    ids=lambda change: next(iter(change)),  # not the values: the workers of a run read the clock at different moments
)
async def test_a_signed_token_with_wrong_claims_is_refused(
    change: dict[str, Any], client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    claims = claims_of(issuer.token(account_id)) | change
    given = {name: value for name, value in claims.items() if value is not None}
    assert await status_of(client, signed(issuer, given)) == 401


@pytest.mark.parametrize("role", ["", "root", "OWNER", "owner ", 7, ["owner"]])
async def test_a_role_that_does_not_exist_may_nothing(
    role: Any, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    claims = claims_of(issuer.token(account_id)) | {"role": role}
    assert await status_of(client, signed(issuer, claims)) in (401, 403)


@pytest.mark.parametrize(
    ("role", "scope", "read", "write"),
    [
        ("owner", "", 200, 201),
        ("owner", "notes:read", 200, 403),
        ("owner", "messages:read", 403, 403),
        ("csm", "notes:read notes:write", 200, 201),
        ("sales", "notes:read notes:write", 403, 403),
        ("service", "", 403, 403),
        ("service", "notes:write", 403, 403),
        ("service", "notes:read notes:write", 200, 201),
    ],
)
async def test_a_scope_narrows_what_a_role_may_do(
    role: str, scope: str, read: int, write: int, client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    headers = issuer.bearer(account_id, role, scope=scope)
    assert (await client.get(PATH, headers=headers)).status_code == read
    assert (await client.post(PATH, headers=headers, json={"name": "lamp"})).status_code == write


async def test_a_changed_claim_breaks_the_signature(
    client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    header, _, signature = issuer.token(account_id).split(".")
    for changed in ({"account_id": str(uuid4())}, {"role": "service"}):
        claims = claims_of(issuer.token(account_id)) | changed
        assert await status_of(client, f"{header}.{part(claims)}.{signature}") == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer .",
        "Bearer ..",
        "Bearer a.b.c",
        "Bearer e30.e30.e30",
        "Bearer " + "a" * 20_000,
        "Basic b3duZXI6cGFzc3dvcmQ=",
        "Bearer \u00e4.\u00f6.\u00fc",
    ],
)
async def test_what_is_no_token_is_refused(value: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(PATH, headers={b"Authorization": value.encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_token_in_the_address_is_not_looked_at(
    client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    answer = await client.get(PATH, params={"access_token": issuer.token(account_id)})
    assert answer.status_code == 401


async def test_headers_that_claim_an_identity_mean_nothing(
    client: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    spoofed = {"X-Account-Id": str(uuid4()), "X-Role": "service", "X-User-Id": str(uuid4())}
    assert (await client.get(PATH, headers=spoofed)).status_code == 401
    contractor = issuer.bearer(account_id, "sales")
    assert (await client.get(PATH, headers=contractor | spoofed)).status_code == 403
