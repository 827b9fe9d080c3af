"""Every table of followups, for migrations."""

from services.followups.base import Base
from services.followups.planning import models as planning
from services.followups.policies import models as policies
from services.followups.replicas import models as replicas
from services.followups.schedules import models as schedules
from services.followups.wording import models as wording

__all__ = ["Base", "planning", "policies", "replicas", "schedules", "wording"]
