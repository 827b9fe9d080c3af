"""What directory can be told by environment variables."""

from pydantic import Field, ValidationInfo, field_validator

from services.directory.sign_in.keys import SigningKey
from shared.http.permissions import check_scopes
from shared.settings import ServiceSettings


class DirectorySettings(ServiceSettings):
    """`token_signing_key` is a private key in PEM, RSA or EC P-256; with `token_signing_key_previous` tokens signed before
    a change of keys stay valid. `service_secrets` maps a service's id to its secret, `service_scopes` to the scopes that it may
    ask for, with blanks between: none unless they are named."""

    service: str = "directory"
    token_signing_key: str
    token_signing_key_previous: str = ""
    access_token_seconds: int = Field(900, ge=60, le=3600)
    api_key_token_seconds: int = Field(300, ge=60, le=3600)
    refresh_token_days: int = Field(30, ge=1, le=365)
    service_secrets: dict[str, str] = Field(default_factory=dict)
    service_scopes: dict[str, str] = Field(default_factory=dict)
    sign_in_attempts: int = Field(
        10, ge=1, description="Failed sign-ins of one e-mail within `sign_in_window_seconds`."
    )
    sign_in_window_seconds: int = Field(900, ge=1)
    passwords_at_once: int = Field(2, ge=1, le=64, description="Password checks that run at once; each takes 19 MB.")
    phone_region: str = Field("US", pattern="^[A-Z]{2}$", description="Where a number without a country code is from.")
    import_rows: int = Field(5_000, ge=1, le=50_000)

    @field_validator("token_signing_key", "token_signing_key_previous")
    @classmethod
    def _is_a_key(cls, pem: str, info: ValidationInfo) -> str:
        if pem or info.field_name == "token_signing_key":
            SigningKey.of_pem(pem)
        return pem

    @field_validator("service_scopes")
    @classmethod
    def _are_scopes(cls, given: dict[str, str]) -> dict[str, str]:
        for scopes in given.values():
            check_scopes(scopes.split())
        return given

    @field_validator("service_secrets")
    @classmethod
    def _are_long(cls, given: dict[str, str]) -> dict[str, str]:
        for service, secret in given.items():
            if len(secret) < 16:
                raise ValueError(f"the secret of {service} is too short: use at least 16 random characters")
        return given
