"""/api/v1/auth and the published keys: no token is needed here."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Request, Response

from services.directory.sign_in.errors import NO_KEY, InvalidGrant
from services.directory.sign_in.schemas import TokenAnswer, TokenRequest
from services.directory.sign_in.use_cases import Door
from shared.http.tenant_route import StrictRoute

router = APIRouter(tags=["auth"], route_class=StrictRoute)

LONGEST_KEY = 200


def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


@router.post("/api/v1/auth/token", response_model_exclude_none=True)
async def create_token(form: Annotated[TokenRequest, Form()], request: Request, response: Response) -> TokenAnswer:
    """Sign in by password, go on with a refresh token (each is good once), or as a service by its secret."""
    response.headers["Cache-Control"] = "no-store"
    return await _door(request).admit(form)


@router.post("/api/v1/auth/api-key", response_model_exclude_none=True)
async def exchange_api_key(
    request: Request, response: Response, x_api_key: Annotated[str | None, Header()] = None
) -> TokenAnswer:
    """A short-lived token for an API key."""
    response.headers["Cache-Control"] = "no-store"
    if not x_api_key or len(x_api_key) > LONGEST_KEY:
        raise InvalidGrant(NO_KEY)
    return await _door(request).by_api_key(x_api_key)


@router.get("/.well-known/jwks.json")
async def get_jwks(request: Request, response: Response) -> dict[str, Any]:
    """The public keys that tokens are checked with."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return _door(request).keys.published
