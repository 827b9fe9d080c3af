"""What can go wrong with schedules, by name."""

from shared.errors import Conflict, Invalid, NotFound


class ScheduleNotFound(NotFound):
    code = "schedule_not_found"


class AlreadyUnderWay(Conflict):
    """It was handed over, sent or ended: it cannot be changed any more."""

    code = "already_under_way"


class WrongReference(Invalid):
    code = "wrong_reference"
