"""Globex Hiring, New York: the second company, of which the first one must never see anything."""

from datetime import time

from parley.demo.content import Applicant, Person, Position, Story, Week
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Role

GLOBEX = Story(
    name="Globex Hiring",
    email="globex@example.com",
    timezone="America/New_York",
    holidays="US",
    users=(Person(email="other@example.com", full_name="Denise Whitaker", role=Role.COMPANY),),
    positions=(
        Position(
            title="Site Reliability Engineer",
            location="New York, NY",
            stack=["Go", "Terraform", "Linux"],
            description="Keep the trading floor's services up, and its people asleep at night.",
            requirements="You have carried a pager, and made it ring less.",
        ),
    ),
    applicants=(
        Applicant(name="Darnell Whitfield", email="darnell.whitfield@example.com", phone="+1 202 555 0118", years=7),
        Applicant(name="Guadalupe Ríos", email="guadalupe.rios@example.com", phone="+1 202 555 0164", years=5),
        Applicant(name="Hannah Kowalczyk", email="hannah.kowalczyk@example.com", years=9),
        Applicant(name="Vikram Subramanian", email="vikram.subramanian@example.com", years=4),
        Applicant(name="Tamsin Achterberg", email="tamsin.achterberg@example.com", years=6),
    ),
    weeks=(
        Week(kind=InterviewType.TECHNICAL, days=(1, 3), start=time(9), end=time(12), slot=60),
        Week(kind=InterviewType.BEHAVIORAL, days=(2, 4), start=time(13), end=time(16), slot=45, pause=15),
    ),
)
