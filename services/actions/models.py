"""Every table of actions, for migrations."""

from services.actions.action_items import models as action_items
from services.actions.base import Base
from services.actions.concierge import models as concierge
from services.actions.demos import models as demos
from services.actions.drafts import models as drafts
from services.actions.notes import models as notes
from services.actions.replicas import models as replicas
from services.actions.suggestions import models as suggestions

__all__ = ["Base", "action_items", "concierge", "demos", "drafts", "notes", "replicas", "suggestions"]
