"""Three companies set themselves up: users, a job, weekly patterns, slots, candidates with resumes."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scenarios.books import Books, Slot
from scenarios.http import Api, StoryError
from scenarios.patterns import Pattern, Quarter, public_holidays, quarter_with_clock_change
from scenarios.server import PROJECT

SAMPLES = PROJECT / "tests/hiring/resumes/samples"
DAYS = 92
UPLOADS_AT_ONCE = 4
COMPANIES = (
    ("Havel & Brandt", "Europe/Berlin", "DE-BE"),
    ("Calloway Staffing", "America/New_York", "US"),
    ("Sundaram Talent", "Asia/Kolkata", "IN"),
)
PATTERNS = (
    Pattern(
        kind="technical",
        days=(1, 2, 3, 4, 5),
        start=time(9),
        end=time(12),
        slot=60,
        pause=15,
        places=1,
        weekly=True,
    ),
    Pattern(
        kind="behavioral",
        days=(1, 3, 5),
        start=time(13),
        end=time(17),
        slot=45,
        pause=15,
        places=2,
        weekly=True,
    ),
    Pattern(
        kind="coding",
        days=(2, 4),
        start=time(14),
        end=time(17, 30),
        slot=90,
        pause=30,
        places=1,
        weekly=False,
    ),
    # For people abroad: the clocks change within this window.
    Pattern(
        kind="general",
        days=(7,),
        start=time(0, 30),
        end=time(4, 30),
        slot=60,
        pause=0,
        places=3,
        weekly=False,
    ),
)
FIRST = [
    "Aarav",
    "Beatriz",
    "Chidi",
    "Dagny",
    "Emre",
    "Fatima",
    "Goran",
    "Hana",
    "Ilse",
    "Jiho",
    "Kofi",
    "Leila",
    "Mateo",
    "Noor",
    "Olga",
    "Paulo",
]
LAST = [
    "Abara",
    "Bergmann",
    "Castro",
    "Dinh",
    "Eze",
    "Fischer",
    "Greco",
    "Haddad",
    "Ivanova",
    "Jensen",
    "Kimura",
    "Larsen",
    "Mwangi",
    "Nowak",
]
Say = Callable[[str], None]


def set_up(admin: Api, *, people: int, say: Say) -> list[Books]:
    """Everything before the first booking; ``people`` candidates a company, besides those with resumes."""
    quarter = quarter_with_clock_change(datetime.now(UTC).date(), ZoneInfo("Europe/Berlin"), days=DAYS)
    say(f"The quarter: {quarter.first} to {quarter.last}, over the clock changes of Europe and America.")
    books = [_company(admin, *each, quarter) for each in COMPANIES]
    for company in books:
        with Api(admin.base_url, company.tokens[0]) as api:
            _make_slots(api, company)
            places = sum(slot.places for slot in company.slots.values())
            say(f"{company.name} ({company.zone}): {len(company.slots)} slots with {places} places.")
    sent = _send_resumes(admin.base_url, books)
    say(f"{sent} resumes read; names, addresses and numbers are as they should be.")
    for company in books:
        with Api(admin.base_url, company.tokens[0]) as api:
            _take_in_candidates(api, company, people)
    say(f"{sum(len(company.candidates) for company in books)} candidates taken in.")
    return books


def _company(admin: Api, name: str, zone: str, holidays: str, quarter: Quarter) -> Books:
    mark, password = secrets.token_hex(4), secrets.token_urlsafe(16)
    email = f"scenario-{mark}@example.com"
    body = {"name": f"{name} {mark}", "email": email, "timezone": zone, "password": password}
    company_id = admin.post("/api/companies/", body).json()["id"]
    books = Books(id=company_id, name=name, zone=ZoneInfo(zone), holidays=holidays, quarter=quarter, patterns=PATTERNS)
    books.happened("company.created")
    emails = [email]
    with Api.login(admin.base_url, email, password) as first:
        for role in ("recruiter", "hiring_agency"):
            emails.append(f"{role}-{mark}@example.com")
            first.post(
                "/api/users/",
                {"email": emails[-1], "full_name": f"A {role}", "role": role, "password": password},
            )
        books.job = first.post("/api/jobs/", {"job_title": "Consultant"}).json()["id"]
    books.happened("user.created", len(emails))
    books.happened("job.created")
    books.tokens = [Api.login(admin.base_url, each, password).token for each in emails]
    return books


def _make_slots(api: Api, books: Books) -> None:
    made = sum(_weekly(api, books, each) if each.weekly else _once(api, books, each) for each in books.patterns)
    books.happened("slot.created", made)
    books.slots = {row["id"]: Slot.of(row) for row in api.every("/api/interviews/slots/")}
    if len(books.slots) != made:
        raise StoryError(f"{books.name}: {made} slots were answered for, {len(books.slots)} are listed")


def _weekly(api: Api, books: Books, pattern: Pattern) -> int:
    made = 0
    for day in pattern.days:
        body = _window(pattern) | {
            "interview_type": pattern.kind,
            "day_of_week": day,
            "max_candidates": pattern.places,
            "valid_from": books.quarter.first.isoformat(),
            "valid_until": books.quarter.last.isoformat(),
            "holidays": books.holidays,
        }
        configuration = api.post("/api/interviews/configurations/", body).json()["id"]
        books.happened("configuration.created")
        path, until = (
            f"/api/interviews/configurations/{configuration}/generate/",
            books.quarter.last.isoformat(),
        )
        made += api.post(path, {"until": until}, expect=(200,)).json()["created_slots"]
        again = api.post(path, {"until": until}, expect=(200,)).json()["created_slots"]
        if again:
            raise StoryError(f"generating twice made {again} slots more")
    return made


def _once(api: Api, books: Books, pattern: Pattern) -> int:
    body = _window(pattern) | {
        "ai_interview_type": pattern.kind,
        "days_of_week": list(pattern.days),
        "max_candidates_per_slot": pattern.places,
        "start_date": books.quarter.first.isoformat(),
        "end_date": books.quarter.last.isoformat(),
        "job_id": books.job,
    }
    return int(api.post("/api/interviews/slots/create_recurring/", body).json()["created_slots"])


def _window(pattern: Pattern) -> dict[str, Any]:
    return {
        "start_time": pattern.start.isoformat("minutes"),
        "end_time": pattern.end.isoformat("minutes"),
        "slot_duration": pattern.slot,
        "break_duration": pattern.pause,
    }


def _send_resumes(base_url: str, companies: list[Books]) -> int:
    """Upload every sample, each to a company that does not know the address yet; returns how many."""
    expected = json.loads((SAMPLES / "expected.json").read_text())
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        sent = []
        for number, (name, wanted) in enumerate(sorted(expected.items())):
            address = (wanted["emails"] or [f"candidate-{number}@example.com"])[0].lower()
            strangers = [company for company in companies if address not in company.candidates]
            company = min(strangers, key=lambda one: len(one.candidates))
            company.candidates[address] = 0  # known from now on
            token = company.tokens[number % len(company.tokens)]
            upload = pool.submit(_send_resume, base_url, token, SAMPLES / name, wanted, address)
            sent.append((company, address, upload))
        for company, address, upload in sent:
            company.candidates[address] = upload.result()
            company.happened("candidate.created")
    return len(sent)


def _send_resume(base_url: str, token: str, file: Path, wanted: dict[str, Any], address: str) -> int:
    """Leave to the resume what it says; name and address are given only where it does not."""
    fields = {}
    if not wanted["full_name"]:
        fields["full_name"] = "Known From Elsewhere"
    if not wanted["emails"]:
        fields["email"] = address
    with Api(base_url, token) as api:
        files = {"resume": (file.name, file.read_bytes())}
        row = api.post("/api/candidates/", data=fields, files=files).json()
    read = {name: row["resume_data"][name] for name in ("full_name", "emails", "phones")}
    if read != wanted or row["email"].lower() != address:
        raise StoryError(f"{file.name} was read as {read} with the address {row['email']}, not as {wanted}")
    return int(row["id"])


def _take_in_candidates(api: Api, books: Books, people: int) -> None:
    rows = [
        {
            "full_name": f"{FIRST[number % len(FIRST)]} {LAST[number * 5 % len(LAST)]}",
            "email": f"candidate-{books.id}-{number}@example.com",
        }
        for number in range(people)
    ]
    answer = api.post("/api/candidates/bulk-create/", {"role": "Consultant", "job": books.job, "candidates": rows})
    books.candidates |= {row["email"]: row["id"] for row in answer.json()}
    books.happened("candidate.created", len(rows))


def holidays_of(books: Books) -> set[Any]:
    """The days on which the company's weekly patterns rest."""
    return public_holidays(books.holidays, books.quarter)
