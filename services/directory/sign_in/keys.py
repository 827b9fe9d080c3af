"""Signing keys: tokens are signed with the current one, published with the one before."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.errors import Unauthenticated
from shared.http.auth import Jwks

_IN_THUMBPRINT = ("crv", "e", "kty", "n", "x", "y")


@dataclass(frozen=True)
class SigningKey:
    """`public` is its JWK; `kid` the JWK's thumbprint (RFC 7638)."""

    private: RSAPrivateKey | EllipticCurvePrivateKey
    algorithm: str
    kid: str
    public: dict[str, Any]

    @classmethod
    def of_pem(cls, pem: str) -> "SigningKey":
        """Raises ValueError with a sentence that says what a key must be."""
        try:
            key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
        except (ValueError, TypeError):
            raise ValueError("this is not a private key in PEM; make one: openssl genrsa 3072") from None
        if isinstance(key, RSAPrivateKey) and key.key_size >= 2048:
            return cls._of(key, "RS256", RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))
        if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
            return cls._of(key, "ES256", ECAlgorithm.to_jwk(key.public_key(), as_dict=True))
        raise ValueError("give an RSA key of at least 2048 bits or an EC key on P-256")

    @classmethod
    def _of(cls, key: RSAPrivateKey | EllipticCurvePrivateKey, algorithm: str, jwk: dict[str, Any]) -> "SigningKey":
        named = {name: jwk[name] for name in _IN_THUMBPRINT if name in jwk}
        digest = hashlib.sha256(json.dumps(named, sort_keys=True, separators=(",", ":")).encode()).digest()
        kid = urlsafe_b64encode(digest).decode().rstrip("=")
        return cls(key, algorithm, kid, {**named, "kid": kid, "alg": algorithm, "use": "sig"})


class SigningKeys(Jwks):
    """Directory's own view of its keys: what others fetch, it has."""

    def __init__(self, pems: Iterable[str], *, issuer: str, audience: str) -> None:
        super().__init__("")
        self.current, *previous = [SigningKey.of_pem(pem) for pem in pems if pem]
        self.published = {"keys": [key.public for key in (self.current, *previous)]}
        self._known = {key.kid: jwt.PyJWK.from_dict(key.public) for key in (self.current, *previous)}
        self._issuer = issuer
        self._audience = audience

    async def key(self, kid: str) -> Any:
        if kid not in self._known:
            raise Unauthenticated("This token was signed with an unknown key. Sign in again.")
        return self._known[kid]

    def sign(self, claims: dict[str, Any], *, seconds: int) -> str:
        """A token for `seconds` from now on. The time is the process's: those who check it have no other."""
        now = int(time.time())
        whole = {"iss": self._issuer, "aud": self._audience, "iat": now, "exp": now + seconds, **claims}
        return jwt.encode(
            {name: value for name, value in whole.items() if value is not None},
            self.current.private,
            algorithm=self.current.algorithm,
            headers={"kid": self.current.kid},
        )
