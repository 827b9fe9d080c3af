"""The HTTP side of followups."""

from fastapi import FastAPI

from services.followups.policies.routes import router as policies
from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.priorities import router as priorities
from services.followups.schedules.routes import router as schedules
from services.followups.settings import FollowupsSettings
from shared.contracts.followups import FollowupScheduleSnapshot
from shared.http.app import create_app
from shared.process import serve
from shared.settings import read_settings


def build(settings: FollowupsSettings) -> FastAPI:
    snapshots = {"followup_schedule": (FollowupSchedule, FollowupScheduleSnapshot.of_row)}
    return create_app(settings, [schedules, priorities, policies], snapshots=snapshots)


def run() -> None:
    settings = read_settings(FollowupsSettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
