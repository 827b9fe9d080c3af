"""Signs requests as Twilio signs them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def sign(auth_token: str, url: str, parameters: Mapping[str, str]) -> str:
    """Return X-Twilio-Signature: HMAC-SHA1 over the URL as given and the parameters sorted by name."""
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
