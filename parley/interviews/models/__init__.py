"""The five models of the domain, and the links that candidates get."""

from parley.interviews.models.configuration import AIInterviewConfiguration
from parley.interviews.models.conflict import InterviewConflict
from parley.interviews.models.interview import Interview, InterviewLink
from parley.interviews.models.policy import SchedulingPolicy
from parley.interviews.models.schedule import InterviewSchedule
from parley.interviews.models.slot import InterviewSlot

__all__ = [
    "AIInterviewConfiguration",
    "Interview",
    "InterviewConflict",
    "InterviewLink",
    "InterviewSchedule",
    "InterviewSlot",
    "SchedulingPolicy",
]
