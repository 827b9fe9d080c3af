"""Every table of messaging, in one place for migrations."""

from services.messaging.base import Base
from services.messaging.consent.models import Suppression
from services.messaging.contractors.models import Contractor
from services.messaging.conversations.models import Conversation
from services.messaging.delivery.models import DeliveryUpdate
from services.messaging.media.models import MessageMedia
from services.messaging.messages.models import Message
from services.messaging.questions.models import OpenQuestionRow
from services.messaging.senders.models import DailyCount, NumberState, SenderNumber

__all__ = [
    "Base",
    "Contractor",
    "Conversation",
    "DailyCount",
    "DeliveryUpdate",
    "Message",
    "MessageMedia",
    "NumberState",
    "OpenQuestionRow",
    "SenderNumber",
    "Suppression",
]
