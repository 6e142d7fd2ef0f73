"""``Idempotency-Key``: the first answer again, byte for byte, and nothing done twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from parley.core.errors import Conflict
from parley.core.idempotency import Answer, KeyReused, forget_old, once
from parley.core.models import IdempotencyRecord
from parley.hiring.models import Job
from parley.interviews.models import InterviewSchedule, InterviewSlot
from parley.organizations.models import Role
from tests.api.tenants import Tenant, assert_problem, client_for, make_tenant, send, state, unchanged
from tests.factories import PASSWORD, SlotFactory, UserFactory

KEY: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "order-66"}
NOW = timezone.now()


@pytest.fixture
def ours(db: None) -> Tenant:
    return make_tenant("alphaworks")


@pytest.fixture
def api(ours: Tenant) -> APIClient:
    return ours.client()


def _hour(days: int) -> dict[str, str]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}


def _day(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def _calls(ours: Tenant) -> dict[str, tuple[str, dict[str, Any], int]]:
    """Every kind of POST that books, cancels, reschedules or creates: address, body, status."""
    slots, schedules = "/api/interviews/slots/", "/api/interviews/schedules/"
    booking = {"interview_id": str(ours.interview.pk), "slot_id": str(ours.slot.pk)}
    window = {"start_time": "09:00", "end_time": "11:00"}
    return {
        "create a slot": (slots, _hour(300), 201),
        "create recurring slots": (
            f"{slots}create_recurring/",
            {"start_date": _day(200), "end_date": _day(206), "days_of_week": [1, 2, 3, 4, 5, 6, 7], **window},
            201,
        ),
        "book a slot": (
            f"{slots}{ours.slot.pk}/book_slot/",
            {"interview_id": booking["interview_id"]},
            201,
        ),
        "book on the list": (schedules, booking, 201),
        "book an interview": (f"{schedules}book_interview/", booking, 201),
        "import bookings": (f"{schedules}import/", {"bookings": [booking]}, 201),
        "release a slot": (f"{slots}{ours.booked_slot.pk}/release_slot/", {}, 200),
        "cancel a slot": (f"{slots}{ours.slot.pk}/cancel_slot/", {"reason": "ill"}, 200),
        "cancel a booked slot": (f"{slots}{ours.booked_slot.pk}/cancel_slot/?cascade=cancel", {}, 200),
        "confirm": (f"{schedules}{ours.schedule.pk}/confirm_schedule/", {}, 200),
        "cancel": (f"{schedules}{ours.schedule.pk}/cancel_schedule/", {"reason": "ill"}, 200),
        "reschedule": (f"{schedules}{ours.schedule.pk}/reschedule/", {"slot_id": booking["slot_id"]}, 200),
        "resolve a conflict": (
            f"/api/interviews/conflicts/{ours.conflict.pk}/resolve_conflict/",
            {"resolution": "rescheduled", "slot_id": booking["slot_id"]},
            200,
        ),
        "create a configuration": (
            "/api/interviews/configurations/",
            {"interview_type": "coding", "day_of_week": 2, **window},
            201,
        ),
        "generate": (
            f"/api/interviews/configurations/{ours.configuration.pk}/generate/",
            {"until": _day(60)},
            200,
        ),
        "create an interview": ("/api/interviews/", {"candidate": ours.candidate.pk}, 201),
        "invite a candidate": (f"/api/interviews/{ours.interview.pk}/invite/", {}, 201),
        "create a job": ("/api/jobs/", {"job_title": "J"}, 201),
        "create a candidate": ("/api/candidates/", {"full_name": "N", "email": "n@example.com"}, 201),
        "create candidates": (
            "/api/candidates/bulk-create/",
            {"candidates": [{"full_name": "N", "email": "n@example.com"}]},
            201,
        ),
        "create a user": (
            "/api/users/",
            {"email": "n@example.com", "full_name": "N", "role": "recruiter"},
            201,
        ),
    }


KINDS = (
    *("create a slot", "create recurring slots", "book a slot", "book on the list", "book an interview"),
    *("import bookings", "release a slot", "cancel a slot", "cancel a booked slot", "confirm", "cancel"),
    *("reschedule", "resolve a conflict", "create a configuration", "generate", "create an interview"),
    *("invite a candidate", "create a job", "create a candidate", "create candidates", "create a user"),
)


def test_every_kind_is_tried(ours: Tenant) -> None:
    assert set(KINDS) == set(_calls(ours))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_key_and_body_gives_the_first_answer_again(kind: str, ours: Tenant, api: APIClient) -> None:
    address, body, status = _calls(ours)[kind]
    first = api.post(address, body, format="json", **KEY)
    assert (first.status_code, first.headers.get("Idempotency-Replayed")) == (status, None), first.content
    with unchanged():
        again = api.post(address, body, format="json", **KEY)
    assert (again.status_code, again.content, again["Content-Type"]) == (
        status,
        first.content,
        "application/json",
    )
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_key_with_another_body_is_refused(kind: str, ours: Tenant, api: APIClient) -> None:
    address, body, _ = _calls(ours)[kind]
    api.post(address, body, format="json", **KEY)
    with unchanged():
        answer = api.post(address, {**body, "another": 1}, format="json", **KEY)
        assert_problem(answer, 422, code="idempotency_key_reused")
        answer = api.post(f"{address}{'&' if '?' in address else '?'}x=1", body, format="json", **KEY)
        assert_problem(answer, 422, code="idempotency_key_reused")


def test_the_same_key_at_another_address_is_refused(ours: Tenant, api: APIClient) -> None:
    api.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY)
    with unchanged():
        answer = api.post("/api/interviews/", {"job_title": "J"}, format="json", **KEY)
    assert_problem(answer, 422, code="idempotency_key_reused")


def test_the_order_of_members_and_white_space_do_not_matter(api: APIClient) -> None:
    one, other = b'{"job_title": "J", "location": "X"}', b'{"location":"X","job_title":"J"}'
    first = send(api, "POST", "/api/jobs/", one, **KEY)
    again = send(api, "POST", "/api/jobs/", other, **KEY)
    assert again.content == first.content
    assert Job.objects.filter(job_title="J").count() == 1


def test_other_keys_do_it_again(api: APIClient) -> None:
    for key in ("a", "b"):
        assert api.post("/api/jobs/", {"job_title": "J"}, format="json", HTTP_IDEMPOTENCY_KEY=key).status_code == 201
    assert Job.objects.filter(job_title="J").count() == 2


def test_a_refusal_is_given_again_though_it_would_work_by_now(ours: Tenant, api: APIClient) -> None:
    address = f"/api/interviews/slots/{ours.slot.pk}/release_slot/"
    refused = api.post(address, {}, format="json", **KEY)
    assert_problem(refused, 409, code="not_booked")
    book = {"interview_id": str(ours.interview.pk)}
    assert api.post(f"/api/interviews/slots/{ours.slot.pk}/book_slot/", book, format="json").status_code == 201
    with unchanged():
        again = api.post(address, {}, format="json", **KEY)
    assert_problem(again, 409, code="not_booked")
    assert again.content == refused.content
    assert again["Idempotency-Replayed"] == "true"


def test_a_refused_body_is_kept_as_well(ours: Tenant, api: APIClient) -> None:
    first = api.post("/api/jobs/", {"job_title": ""}, format="json", **KEY)
    assert_problem(first, 400, "job_title")
    assert api.post("/api/jobs/", {"job_title": ""}, format="json", **KEY).content == first.content
    assert_problem(api.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY), 422)


def test_keys_of_different_users_do_not_meet(ours: Tenant, api: APIClient) -> None:
    colleague = client_for(UserFactory(company=ours.company, role=Role.RECRUITER))
    stranger = client_for(UserFactory())
    made = [
        client.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY).json()["id"]
        for client in (api, colleague, stranger)
    ]
    assert len(set(made)) == 3


def test_a_form_with_another_file_is_another_request(ours: Tenant, api: APIClient) -> None:
    def upload(content: bytes) -> Any:
        resume = SimpleUploadedFile("cv.pdf", content, content_type="application/pdf")
        return api.post("/api/candidates/", {"full_name": "N", "email": "n@example.com", "resume": resume}, **KEY)

    first = upload(b"no pdf")
    assert_problem(first, 400, "resume")
    assert upload(b"no pdf").content == first.content
    assert_problem(upload(b"other"), 422, code="idempotency_key_reused")


def test_a_key_is_not_heeded_where_nothing_is_made(ours: Tenant, api: APIClient) -> None:
    """A search gives what is there now, with its headers; a login never gives an old token."""
    days = {"start_date": _day(1), "end_date": _day(60)}
    before = api.post("/api/interviews/slots/search_available/", days, format="json", **KEY)
    SlotFactory(company=ours.company, start_time=timezone.now() + timedelta(days=7))
    after = api.post("/api/interviews/slots/search_available/", days, format="json", **KEY)
    assert int(after["X-Total-Count"]) == int(before["X-Total-Count"]) + 1
    credentials = {"email": ours.users["company"].email, "password": PASSWORD}
    tokens = {APIClient().post("/api/auth/login/", credentials, format="json", **KEY).json()["token"] for _ in range(2)}
    assert len(tokens) == 2
    assert api.post("/api/auth/logout/", **KEY).content == b""
    assert not IdempotencyRecord.objects.exists()


def test_what_is_kept_is_not_readable_in_the_table(ours: Tenant, api: APIClient) -> None:
    made = api.post(f"/api/interviews/{ours.interview.pk}/invite/", {}, format="json", **KEY).json()
    record = IdempotencyRecord.objects.get()
    for secret in (made["link"], made["url"], "link"):
        assert secret.encode() not in bytes(record.body or b"")
        assert secret not in f"{record.scope}{record.key}{record.fingerprint}"


def test_an_answer_that_cannot_be_read_any_more_does_nothing_again(ours: Tenant, api: APIClient, settings: Any) -> None:
    api.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY)
    token = client_for(ours.users["company"])
    settings.SECRET_KEY = "another key than the one before, as after a change"
    with unchanged():
        answer = token.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY)
    assert_problem(answer, 409, code="answer_unreadable")


def test_the_record_is_forgotten_after_a_day(api: APIClient) -> None:
    api.post("/api/jobs/", {"job_title": "J"}, format="json", **KEY)
    now = timezone.now()
    assert forget_old(now=now + timedelta(hours=23)) == 0
    assert forget_old(now=now + timedelta(hours=25)) == 1


# --- at the same time, on connections of their own ------------------------------------------------------


@pytest.fixture
def real(transactional_db: None) -> Tenant:
    return make_tenant("alphaworks")


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _make(client: APIClient, title: str, key: str) -> Any:
    return client.post("/api/jobs/", {"job_title": title}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_two_at_once_under_one_key_have_one_effect_and_one_answer(real: Tenant) -> None:
    clients = [client_for(real.users["company"]) for _ in range(4)]
    for attempt in range(10):
        key = f"at-once-{attempt}"
        answers = _at_once([partial(_make, client, f"Job {attempt}", key) for client in clients])
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert Job.objects.filter(job_title=f"Job {attempt}").count() == 1


def test_two_bookings_at_once_under_one_key_take_one_place(real: Tenant) -> None:
    clients = [client_for(real.users["company"]) for _ in range(4)]
    slot = SlotFactory(company=real.company, max_candidates=5)
    body = {"interview_id": str(real.interview.pk), "slot_id": str(slot.pk)}
    address = "/api/interviews/schedules/book_interview/"
    answers = _at_once([partial(client.post, address, body, format="json", **KEY) for client in clients])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert InterviewSchedule.objects.filter(slot=slot).count() == 1
    assert InterviewSlot.objects.get(pk=slot.pk).current_bookings == 1


def test_two_different_bodies_at_once_under_one_key_have_one_effect(real: Tenant) -> None:
    clients = [client_for(real.users["company"]) for _ in range(4)]
    answers = _at_once([partial(_make, client, f"Job {n}", "order-66") for n, client in enumerate(clients)])
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert Job.objects.filter(job_title__startswith="Job ").count() == 1


# --- the mechanism itself --------------------------------------------------------------------------------


def _once(run: Callable[[], Answer], *, scope: str = "user:1", fingerprint: str = "f") -> tuple[Answer, bool]:
    return once(scope=scope, key="k", fingerprint=fingerprint, now=NOW, run=run)


def _make_job(tenant: Tenant, status: int = 201) -> Callable[[], Answer]:
    def run() -> Answer:
        Job.objects.create(company=tenant.company, job_title="Made")
        return Answer(status, b"{}")

    return run


@pytest.mark.parametrize("retries", [1, 3])
def test_a_crash_leaves_no_record_and_no_effect(retries: int, ours: Tenant) -> None:
    def crash() -> Answer:
        Job.objects.create(company=ours.company, job_title="Made")
        raise RuntimeError("the power went")

    with unchanged():
        for _ in range(retries):
            with pytest.raises(RuntimeError):
                _once(crash)
    assert _once(_make_job(ours)) == (Answer(201, b"{}"), False)
    assert _once(_make_job(ours)) == (Answer(201, b"{}"), True)
    assert Job.objects.filter(job_title="Made").count() == 1


def test_a_failure_is_not_kept(ours: Tenant) -> None:
    with unchanged():
        assert _once(_make_job(ours, 503)) == (Answer(503, b"{}"), False)
    assert _once(_make_job(ours))[1] is False


def test_a_refusal_is_rolled_back_and_kept(ours: Tenant) -> None:
    before = state()
    assert _once(_make_job(ours, 409)) == (Answer(409, b"{}"), False)
    assert {name for name, rows in state().items() if rows != before[name]} == {"core_idempotencyrecord"}
    assert _once(_make_job(ours)) == (Answer(409, b"{}"), True)


def test_another_fingerprint_is_refused_and_another_scope_is_not(ours: Tenant) -> None:
    _once(_make_job(ours))
    with pytest.raises(KeyReused):
        _once(_make_job(ours), fingerprint="other")
    assert _once(_make_job(ours), scope="user:2")[1] is False
    assert Job.objects.filter(job_title="Made").count() == 2


def test_a_domain_error_that_escapes_leaves_nothing(ours: Tenant) -> None:
    def refuse() -> Answer:
        Job.objects.create(company=ours.company, job_title="Made")
        raise Conflict("no")

    with unchanged(), pytest.raises(Conflict):
        _once(refuse)
