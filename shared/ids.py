"""Identifiers: UUIDv7, ordered by the time of their making."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    high = (milliseconds << 16) | 0x7000 | (random >> 68)
    low = (0b10 << 62) | (random & ((1 << 62) - 1))
    return UUID(int=(high << 64) | low)


def made_at(row_id: UUID) -> datetime | None:
    """When a UUIDv7 was made, by the clock of who made it; None for other UUIDs."""
    if row_id.version != 7:
        return None
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, UTC)
