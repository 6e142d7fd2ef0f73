"""How much companies use Parley: numbers for who administers it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, QuerySet

from parley.hiring.models import Candidate, Job
from parley.interviews.models import Interview, InterviewSlot
from parley.interviews.rules.states import SlotStatus
from parley.organizations.models import User

# By name, in the order in which they are shown; slots that were called off are nobody's use.
_COUNTED: Mapping[str, "QuerySet[Any]"] = {
    "members": User.objects.filter(is_active=True),
    "jobs": Job.objects.all(),
    "candidates": Candidate.objects.all(),
    "slots": InterviewSlot.objects.exclude(status=SlotStatus.CANCELLED),
    "interviews": Interview.objects.all(),
}


def counts_of(company_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """For each company how many active members, jobs, candidates, slots and interviews it has; five statements."""
    counts = {pk: dict.fromkeys(_COUNTED, 0) for pk in company_ids}
    for name, rows in _COUNTED.items():
        grouped = rows.filter(company_id__in=company_ids).order_by().values_list("company_id")
        for pk, number in grouped.annotate(number=Count("pk")):
            counts[pk][name] = number
    return counts
