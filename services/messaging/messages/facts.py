"""What messaging tells others about an outbound message."""

from datetime import datetime
from uuid import UUID

from services.messaging.messages.models import Message
from shared.contracts.messaging import MessageExpired, MessageStatusChanged, Origin


def _common(message: Message) -> dict[str, object]:
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "message_key": message.message_key,
        "origin": Origin(
            service=message.origin_service or "", type=message.origin_type or "", id=message.origin_id or UUID(int=0)
        ),
        "contractor_id": message.contractor_id,
        "purpose": message.purpose,
    }


def status_changed(message: Message, at: datetime) -> MessageStatusChanged:
    return MessageStatusChanged.model_validate(
        {
            **_common(message),
            "status": message.status,
            "error_code": message.error_code,
            "reason": message.failure_reason,
            "changed_at": at,
        }
    )


def expired(message: Message, reason: str, at: datetime) -> MessageExpired:
    return MessageExpired.model_validate({**_common(message), "reason": reason, "ended_at": at})
