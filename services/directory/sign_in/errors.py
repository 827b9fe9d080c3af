"""What can go wrong at sign-in, by name."""

from shared.errors import Invalid, TooMany, Unauthenticated


class InvalidGrant(Unauthenticated):
    """One sentence for a wrong password and an unknown e-mail: neither is told apart."""

    code = "invalid_grant"


class InvalidClient(Unauthenticated):
    code = "invalid_client"


class AccountRequired(Invalid):
    code = "account_required"


class InvalidScope(Invalid):
    code = "invalid_scope"


class TooManyAttempts(TooMany):
    code = "too_many_attempts"


WRONG = "E-mail and password do not match. Check both, then try again."
USED_UP = "This refresh token is not valid (any more). Sign in again."
NO_KEY = "This API key is not valid (any more). Make a new one under /api/v1/api-keys."
NO_CLIENT = "This client id and secret do not match."
