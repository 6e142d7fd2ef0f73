"""Two companies with room, candidates, a colleague who looks on, and receivers of webhooks."""

import secrets
from datetime import UTC, datetime, timedelta

from scenarios.chaos.changes import Company
from scenarios.chaos.receivers import WebhookServer
from scenarios.http import Api

COMPANIES = ("Havel & Brandt", "Calloway Staffing")
CHOSEN = (["*"], ["interview.booked", "interview.rescheduled", "interview.cancelled", "interview.released"])
FIRST_DAY, DAYS = 3, 14  # from today: reminders come later than all of this ends
PLACES = 3


def set_up(admin: Api, receivers: WebhookServer, *, changes: int) -> list[Company]:
    """Everything before the first booking."""
    return [_company(admin, receivers, name, candidates=changes) for name in COMPANIES]


def _company(admin: Api, receivers: WebhookServer, name: str, *, candidates: int) -> Company:
    mark, password = secrets.token_hex(4), secrets.token_urlsafe(16)
    email = f"chaos-{mark}@example.com"
    body = {"name": f"{name} {mark}", "email": email, "timezone": "Europe/Berlin", "password": password}
    company_id = admin.post("/api/companies/", body).json()["id"]
    with Api.login(admin.base_url, email, password) as api:
        colleague = {"email": f"colleague-{mark}@example.com", "full_name": "A colleague", "role": "recruiter"}
        api.post("/api/users/", colleague | {"password": password})
        people = [
            {"full_name": f"Candidate {number}", "email": f"candidate-{mark}-{number}@example.com"}
            for number in range(candidates)
        ]
        rows = api.post("/api/candidates/bulk-create/", {"candidates": people}).json()
        company = Company(id=company_id, token=api.token, slots=_slots(api), candidates=[row["id"] for row in rows])
        for number, events in enumerate(CHOSEN):
            path = f"/{mark}-{number}"
            answer = api.post("/api/webhooks/", {"url": receivers.url(path), "events": events}).json()
            receivers.secrets[path] = answer["secret"]
    return company


def _slots(api: Api) -> list[str]:
    first = datetime.now(UTC).date() + timedelta(days=FIRST_DAY)
    pattern = {
        "ai_interview_type": "technical",
        "days_of_week": [1, 2, 3, 4, 5, 6, 7],
        "start_date": first.isoformat(),
        "end_date": (first + timedelta(days=DAYS - 1)).isoformat(),
        "start_time": "06:00",
        "end_time": "22:00",
        "slot_duration": 30,
        "max_candidates_per_slot": PLACES,
    }
    return [row["id"] for row in api.post("/api/interviews/slots/create_recurring/", pattern).json()["slots"]]
