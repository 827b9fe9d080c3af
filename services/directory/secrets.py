"""Secrets that we make ourselves: random and long, so that a plain hash is enough to keep."""

import hashlib
import secrets


def new_secret(prefix: str) -> str:
    return f"{prefix}{secrets.token_urlsafe(32)}"


def fingerprint(secret: str) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
