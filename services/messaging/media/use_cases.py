"""Keeps what is known of a text's files, and tells when the last of them is dealt with."""

from sqlalchemy import select

from services.messaging.media.models import MessageMedia
from services.messaging.messages.queries import lock_message
from shared.bus.outbox import emit
from shared.contracts.messaging import MessageMediaStored
from shared.db.database import Db
from shared.db.jobs import Lease, LeaseLost
from shared.store.objects import Stored


async def get_file(db: Db, lease: Lease) -> MessageMedia:
    row = await db.get(MessageMedia, (lease.account_id, lease.id))
    if row is None:
        raise LeaseLost
    return row


async def finish_file(db: Db, lease: Lease, *, stored: Stored | None, kind: str, error: str | None) -> None:
    """Either it is stored, or `error` says why not. The text's `message.media_stored` follows the last file."""
    message, _ = await lock_message(db, (await get_file(db, lease)).message_id)
    row = await db.get(MessageMedia, (lease.account_id, lease.id), with_for_update=True, populate_existing=True)
    if row is None or row.fence != lease.fence or row.status != "pending":
        raise LeaseLost
    row.status, row.error, row.type = ("stored" if stored else "refused"), error, kind
    row.leased_until = None
    if stored:
        row.object_key, row.sha256, row.size = stored.key, stored.sha256, stored.size
    await db.flush()
    files = (
        await db.scalars(
            select(MessageMedia)
            .where(MessageMedia.account_id == db.account_id, MessageMedia.message_id == message.id)
            .order_by(MessageMedia.index)
        )
    ).all()
    names = ("index", "type", "object_key", "sha256", "error")
    message.media = [{name: getattr(file, name) for name in names} for file in files]
    if all(file.status != "pending" for file in files):
        told = {
            "message_id": message.id,
            "conversation_id": message.conversation_id,
            "contractor_id": message.contractor_id,
            "media": message.media,
        }
        await emit(db, MessageMediaStored.model_validate(told))
