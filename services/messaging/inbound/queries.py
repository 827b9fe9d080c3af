"""The statements of receiving."""

import json
from datetime import datetime
from typing import Any

import asyncpg

from services.messaging.inbound.forms import Text
from shared.telemetry.traces import current_traceparent

_RECEIVE = "SELECT outcome, of_account, payload::text FROM receive_message($1, $2, $3, $4, $5, $6, $7, $8)"


async def receive_message(
    connection: asyncpg.Connection, text: Text, *, sent_on: datetime | None = None, announce: bool = True
) -> Any:
    """One round trip: the function in migrations/receiving.sql tells what `outcome` and `payload` are."""
    files = [{"index": file.index, "type": file.type, "url": file.url} for file in text.files]
    return await connection.fetchrow(
        _RECEIVE,
        *(text.our_address, text.address, text.body, text.sid, json.dumps(files), sent_on, announce),
        current_traceparent(),
    )
