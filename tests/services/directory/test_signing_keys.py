"""The keys that tokens are signed with."""

import jwt
import pytest

from services.directory.main import build
from services.directory.settings import DirectorySettings
from tests.conftest import client_of
from tests.services.directory.conftest import KEY, Api, new_key
from tests.services.directory.test_sign_in import claims_of, sign_in


async def test_tokens_stay_valid_over_a_change_of_keys(settings: DirectorySettings, api: Api) -> None:
    fresh = settings.model_copy(update={"token_signing_key": new_key(), "token_signing_key_previous": KEY})
    async with client_of(build(fresh)) as client:
        assert (await client.get("/api/v1/account", headers=api.headers)).status_code == 200
        published = (await client.get("/.well-known/jwks.json")).json()["keys"]
        assert len(published) == 2
        assert all("d" not in key for key in published), "private parts are published"
        token = (await sign_in(client, "owner@example.com")).json()["access_token"]
        assert jwt.get_unverified_header(token)["kid"] == published[0]["kid"]
    forgotten = settings.model_copy(update={"token_signing_key": new_key()})
    async with client_of(build(forgotten)) as client:
        assert (await client.get("/api/v1/account", headers=api.headers)).status_code == 401


async def test_an_rsa_key_signs_too(settings: DirectorySettings, api: Api, rsa_key: str) -> None:
    async with client_of(build(settings.model_copy(update={"token_signing_key": rsa_key}))) as client:
        token = (await sign_in(client, "owner@example.com")).json()["access_token"]
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        assert (await claims_of(client, token))["role"] == "owner"


@pytest.mark.parametrize("key", ["", "oops", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_cannot_sign_stops_the_start(key: str, settings: DirectorySettings) -> None:
    with pytest.raises(ValueError, match="private key in PEM"):
        DirectorySettings(**{**settings.model_dump(), "token_signing_key": key})
