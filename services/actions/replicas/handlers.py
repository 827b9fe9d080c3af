"""Which domain events keep the replicas."""

from services.actions.replicas import models
from shared.bus.replicas import replica
from shared.contracts import directory, followups

REPLICAS = {
    **replica(models.Account, directory.AccountCreated, directory.AccountUpdated, directory.AccountSnapshot),
    **replica(
        models.Contractor,
        *(directory.ContractorCreated, directory.ContractorUpdated, directory.ContractorDeleted),
        directory.ContractorSnapshot,
    ),
    **replica(
        models.Partner,
        *(directory.PartnerCreated, directory.PartnerUpdated, directory.PartnerDeleted, directory.PartnerSnapshot),
    ),
    **replica(
        models.Event, directory.EventCreated, directory.EventUpdated, directory.EventDeleted, directory.EventSnapshot
    ),
    **replica(
        models.EventSession,
        *(directory.SessionCreated, directory.SessionUpdated, directory.SessionDeleted, directory.SessionSnapshot),
    ),
    **replica(
        models.EventSpeaker,
        *(directory.SpeakerCreated, directory.SpeakerUpdated, directory.SpeakerDeleted, directory.SpeakerSnapshot),
    ),
    **replica(
        models.EventSponsor,
        *(directory.SponsorCreated, directory.SponsorUpdated, directory.SponsorDeleted, directory.SponsorSnapshot),
    ),
    **replica(
        models.Attendee,
        *(directory.AttendeeCreated, directory.AttendeeUpdated, directory.AttendeeDeleted, directory.AttendeeSnapshot),
    ),
    **replica(
        models.DemoBooking,
        *(directory.DemoBookingCreated, directory.DemoBookingUpdated, directory.DemoBookingDeleted),
        directory.DemoBookingSnapshot,
    ),
    **replica(
        models.FollowupSchedule,
        *(followups.FollowupScheduleCreated, followups.FollowupScheduleUpdated, followups.FollowupScheduleDeleted),
        followups.FollowupScheduleSnapshot,
    ),
}
