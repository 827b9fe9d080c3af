"""Whether a webhook is Twilio's: its signature, over the address as Twilio sees it."""

from collections.abc import Callable
from typing import Any

Verifier = Callable[[str, Any, str | None], bool]


def signature_verifier(auth_token: str) -> Verifier:
    """`verify(url, form, signature)`; the SDK raises on what it does not expect: that is a refusal, too."""
    from twilio.request_validator import RequestValidator

    validator = RequestValidator(auth_token)

    def verify(url: str, form: Any, signature: str | None) -> bool:
        if not signature:
            return False
        try:
            return bool(validator.validate(url, form, signature))
        except Exception:
            return False

    return verify
