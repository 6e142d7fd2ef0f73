"""The five models of the domain, the links that candidates get, and places that are held, sought or waited for."""

from parley.interviews.models.configuration import AIInterviewConfiguration
from parley.interviews.models.conflict import InterviewConflict
from parley.interviews.models.hold import PlaceHold
from parley.interviews.models.interview import Interview, InterviewLink
from parley.interviews.models.invitations import InvitationBatch, InvitationRow
from parley.interviews.models.policy import SchedulingPolicy
from parley.interviews.models.reseating import Reseating
from parley.interviews.models.schedule import InterviewSchedule
from parley.interviews.models.slot import InterviewSlot
from parley.interviews.models.waitlist import WaitlistEntry

__all__ = [
    "AIInterviewConfiguration",
    "Interview",
    "InterviewConflict",
    "InterviewLink",
    "InterviewSchedule",
    "InterviewSlot",
    "InvitationBatch",
    "InvitationRow",
    "PlaceHold",
    "Reseating",
    "SchedulingPolicy",
    "WaitlistEntry",
]
