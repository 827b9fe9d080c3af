"""What followups tells others about a schedule."""

from collections.abc import Sequence

from services.followups.schedules.models import FollowupSchedule
from shared.contracts.followups import FollowupScheduleCreated, FollowupScheduleSnapshot, FollowupScheduleUpdated


def created(row: FollowupSchedule) -> FollowupScheduleCreated:
    return FollowupScheduleCreated.model_validate(row)


def updated(row: FollowupSchedule, changed: Sequence[str]) -> FollowupScheduleUpdated:
    return FollowupScheduleUpdated.model_validate(row).model_copy(update={"changed": list(changed)})


def snapshot(row: FollowupSchedule) -> FollowupScheduleSnapshot:
    return FollowupScheduleSnapshot.model_validate(row)
