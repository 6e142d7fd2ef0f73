"""The candidate's personal link: what it shows and does, and all that it does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from rest_framework.test import APIClient

from parley.core import throttling
from parley.core.models import Event, ThrottleWindow
from parley.interviews.links import hash_link, link_of
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot, WaitlistEntry
from parley.interviews.operations import links
from tests.api.tenants import Tenant, assert_problem, unchanged
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, in_future
from tests.invariants import broken_invariants
from tests.live import all_at_once, live_server

INTERVIEW = {
    *("company_name", "job_title", "candidate_name", "ai_interview_type", "duration_minutes", "timezone"),
    *("status", "schedule", "can_reschedule_until", "join_from", "join_until"),
    *("proposal", "waitlist", "hours"),
}
SCHEDULE = {"id", "slot", "status", "start_time", "end_time", "duration_minutes", "ai_interview_type", "cancelled_at"}


@pytest.fixture
def link(ours: Tenant, api: APIClient) -> str:
    """To the interview that is not booked yet."""
    answer = api.post(f"/api/interviews/{ours.interview.pk}/invite/")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["link"])


@pytest.fixture
def slots(ours: Tenant) -> list[InterviewSlot]:
    """Three hours, a week from now."""
    return [SlotFactory(company=ours.company, start_time=in_future(days=7, hours=hours)) for hours in range(3)]


def at(link: str, what: str = "") -> str:
    return f"/api/public/interviews/{link}/{what}"


def take(anonymous: APIClient, link: str, slot: InterviewSlot, what: str = "book/", **more: Any) -> Any:
    return anonymous.post(at(link, what), {"slot_id": str(slot.pk)}, format="json", **more)


# --- what it shows -------------------------------------------------------------------------------------------


def test_the_interview_is_shown_and_nothing_else_of_the_company(ours: Tenant, anonymous: APIClient, link: str) -> None:
    answer = anonymous.get(at(link))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert set(answer.json()) == INTERVIEW
    assert answer.json() | {"job_title": None} == {
        "company_name": "alphaworks Inc",
        "job_title": None,
        "candidate_name": ours.interview.candidate.full_name,
        "ai_interview_type": None,
        "duration_minutes": None,
        "timezone": "Europe/Berlin",
        "status": "scheduled",
        "schedule": None,
        "can_reschedule_until": None,
        "join_from": None,
        "join_until": None,
        "proposal": None,
        "waitlist": None,
        "hours": None,
    }


def test_only_times_that_may_be_taken_are_offered(ours: Tenant, anonymous: APIClient, slots: list[Any]) -> None:
    interview = InterviewFactory(candidate=CandidateFactory(company=ours.company), job=ours.job)
    link = ours.client().post(f"/api/interviews/{interview.pk}/invite/").json()["link"]
    own = SlotFactory(company=ours.company, start_time=in_future(days=7, hours=4), job=ours.job)
    others = [
        SlotFactory(company=ours.company, start_time=in_future(days=7, hours=5), job=JobFactory(company=ours.company)),
        SlotFactory(company=ours.company, start_time=in_future(days=7, hours=6), status="booked", current_bookings=1),
        SlotFactory(start_time=in_future(days=7, hours=7)),
        SlotFactory(company=ours.company, start_time=timezone.now() + timedelta(minutes=59)),  # too short a notice
        SlotFactory(company=ours.company, start_time=timezone.now() + timedelta(days=61)),  # too far ahead
    ]
    beside = SlotFactory(company=ours.company, start_time=slots[1].start_time, ai_interview_type="coding")
    other = InterviewFactory(candidate=interview.candidate)
    ours.client().post(
        "/api/interviews/schedules/", {"interview_id": str(other.pk), "slot_id": str(beside.pk)}, format="json"
    )
    days = {"start_date": str(timezone.now().date()), "end_date": str((timezone.now() + timedelta(days=70)).date())}
    offered = anonymous.get(at(link, "slots/"), days).json()
    known = {str(slot.pk) for slot in (*slots, own, *others, beside)}
    assert {each["id"] for each in offered} & known == {str(slots[0].pk), str(slots[2].pk), str(own.pk)}
    assert {frozenset(each) for each in offered} == {frozenset({"id", "start_time", "end_time", "available_spots"})}


def test_an_invitation_to_one_kind_of_interview_offers_and_books_that_kind(
    ours: Tenant, api: APIClient, anonymous: APIClient, slots: list[Any]
) -> None:
    coding = SlotFactory(company=ours.company, start_time=in_future(days=7), ai_interview_type="coding")
    body = {"ai_interview_type": "coding"}
    link = api.post(f"/api/interviews/{ours.interview.pk}/invite/", body, format="json").json()["link"]
    assert anonymous.get(at(link)).json()["ai_interview_type"] == "coding"
    assert [each["id"] for each in anonymous.get(at(link, "slots/")).json()] == [str(coding.pk)]
    with unchanged():
        assert_problem(take(anonymous, link, slots[0]), 409, code="slot_not_offered")
    assert take(anonymous, link, coding).status_code == 201


def test_days_are_those_of_the_candidate_s_zone(
    ours: Tenant, anonymous: APIClient, link: str, slots: list[Any]
) -> None:
    slot = SlotFactory(company=ours.company, start_time=in_future(days=9).replace(hour=20))  # UTC
    day = str(slot.start_time.date())
    found = {
        zone: [
            each["id"]
            for each in anonymous.get(at(link, "slots/"), {"start_date": day, "end_date": day, "timezone": zone}).json()
        ]
        for zone in ("UTC", "Asia/Kolkata", "America/New_York")
    }
    assert found == {"UTC": [str(slot.pk)], "Asia/Kolkata": [], "America/New_York": [str(slot.pk)]}


# --- what it does --------------------------------------------------------------------------------------------


def test_a_candidate_books_moves_and_cancels(
    ours: Tenant, anonymous: APIClient, link: str, slots: list[InterviewSlot]
) -> None:
    booked = take(anonymous, link, slots[0])
    assert (booked.status_code, set(booked.json()), booked.json()["status"]) == (201, SCHEDULE, "pending")
    shown = anonymous.get(at(link)).json()
    assert (shown["schedule"], shown["duration_minutes"]) == (booked.json(), 60)
    start = slots[0].start_time
    times = {name: shown[name] for name in ("can_reschedule_until", "join_from", "join_until")}
    assert times == {
        name: moment.isoformat().replace("+00:00", "Z")
        for name, moment in (
            ("can_reschedule_until", start - timedelta(hours=2)),
            ("join_from", start - timedelta(minutes=15)),
            ("join_until", start + timedelta(minutes=15)),
        )
    }
    assert_problem(take(anonymous, link, slots[1]), 409, code="interview_already_booked")
    moved = take(anonymous, link, slots[1], "reschedule/")
    assert (moved.status_code, moved.json()["slot"]) == (200, str(slots[1].pk))
    cancelled = anonymous.post(at(link, "cancel/"), {"reason": "Ill."}, format="json")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    with unchanged():
        assert_problem(anonymous.post(at(link, "cancel/")), 409, code="not_booked")
        assert_problem(take(anonymous, link, slots[2], "reschedule/"), 409, code="not_booked")
    assert take(anonymous, link, slots[2]).status_code == 201  # thinks again
    told = Event.objects.filter(object_id=str(ours.interview.pk)).order_by("id")
    assert [(event.type, event.actor_kind, event.actor_id) for event in told][1:] == [
        (f"interview.{what}", "candidate", None) for what in ("booked", "rescheduled", "cancelled", "booked")
    ]
    assert broken_invariants() == {}


def test_a_booking_is_repeated_under_its_key(anonymous: APIClient, link: str, slots: list[InterviewSlot]) -> None:
    first = take(anonymous, link, slots[0], HTTP_IDEMPOTENCY_KEY="mine")
    again = take(anonymous, link, slots[0], HTTP_IDEMPOTENCY_KEY="mine")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert InterviewSchedule.objects.filter(slot=slots[0]).count() == 1


@pytest.fixture
def soon(ours: Tenant, anonymous: APIClient, link: str) -> InterviewSlot:
    """A slot in three hours, booked by the candidate; the company's cutoff is then set to four."""
    slot = SlotFactory(company=ours.company, start_time=timezone.now() + timedelta(hours=3))
    assert take(anonymous, link, slot).status_code == 201
    policy = {"change_cutoff_minutes": 240}
    address = f"/api/companies/{ours.company.pk}/scheduling/"
    assert ours.client().patch(address, policy, format="json").json()["change_cutoff_minutes"] == 240
    return slot


def test_after_the_cutoff_nothing_is_changed_here(
    ours: Tenant, anonymous: APIClient, link: str, soon: InterviewSlot, slots: list[InterviewSlot]
) -> None:
    with unchanged():
        assert_problem(anonymous.post(at(link, "cancel/")), 409, code="change_cutoff_passed")
        assert_problem(take(anonymous, link, slots[0], "reschedule/"), 409, code="change_cutoff_passed")
    schedule = InterviewSchedule.objects.get(slot=soon)
    assert ours.client().post(f"/api/interviews/schedules/{schedule.pk}/cancel_schedule/").status_code == 200


@pytest.mark.parametrize(
    ("minutes", "policy"),
    [(59, {}), (61 * 24 * 60, {}), (119, {"min_notice_minutes": 120}), (1500, {"max_days_ahead": 1})],
)
def test_a_time_that_is_not_offered_cannot_be_taken_either(
    ours: Tenant, anonymous: APIClient, link: str, minutes: int, policy: dict[str, int]
) -> None:
    ours.client().patch(f"/api/companies/{ours.company.pk}/scheduling/", policy, format="json")
    slot = SlotFactory(company=ours.company, start_time=timezone.now() + timedelta(minutes=minutes))
    with unchanged():
        assert_problem(take(anonymous, link, slot), 409, code="slot_not_offered")


def test_a_full_a_cancelled_a_foreign_and_a_past_slot_are_refused_in_words(
    ours: Tenant, theirs: Tenant, anonymous: APIClient, link: str
) -> None:
    when = in_future(days=7)
    full = SlotFactory(company=ours.company, start_time=when, status="booked", current_bookings=1)
    gone = SlotFactory(company=ours.company, start_time=when, status="cancelled", cancelled_at=timezone.now())
    past = SlotFactory(company=ours.company, start_time=timezone.now() - timedelta(hours=1))
    with unchanged():
        assert_problem(take(anonymous, link, full), 409, code="slot_full")
        assert_problem(take(anonymous, link, gone), 409, code="slot_cancelled")
        assert_problem(take(anonymous, link, past), 409, code="slot_in_past")
        foreign = take(anonymous, link, theirs.slot)
        assert_problem(foreign, 404, code="slot_not_found")
        assert "zyxwv" not in foreign.content.decode()


# --- links that do not open ----------------------------------------------------------------------------------


def every_call(anonymous: APIClient, link: str, slot: InterviewSlot) -> Iterator[Any]:
    yield anonymous.get(at(link))
    yield anonymous.get(at(link, "slots/"))
    yield take(anonymous, link, slot)
    yield take(anonymous, link, slot, "reschedule/")
    yield anonymous.post(at(link, "cancel/"))


def test_a_tampered_link_is_not_there(ours: Tenant, anonymous: APIClient, link: str, slots: list[Any]) -> None:
    other = ("B" if link[0] == "A" else "A") + link[1:]
    for tampered in (other, link[:-1], link + "A", link.swapcase(), "x", "%00", "a%2Fb", "\u00fc" * 43, link + "%20"):
        with unchanged():
            ThrottleWindow.objects.all().delete()
            for answer in every_call(anonymous, tampered, slots[0]):
                assert answer.status_code == 404, (tampered, answer.content)


def test_an_expired_link_says_so(ours: Tenant, anonymous: APIClient, link: str, slots: list[Any]) -> None:
    InterviewLink.objects.update(expires_at=timezone.now())
    with unchanged():
        for answer in every_call(anonymous, link, slots[0]):
            assert_problem(answer, 410, code="link_expired")


def test_who_has_booked_keeps_the_link_until_long_after_the_interview(
    ours: Tenant, anonymous: APIClient, link: str, slots: list[Any]
) -> None:
    """Its term is for booking: to the interview itself, and to ask about it, the link leads all the same."""
    booked = take(anonymous, link, slots[0]).json()["id"]
    InterviewLink.objects.update(expires_at=timezone.now())
    assert anonymous.get(at(link)).status_code == 200
    for age, status in ((timedelta(days=89), 200), (timedelta(days=91), 410)):
        end = timezone.now() - age
        InterviewSchedule.objects.filter(pk=booked).update(start_time=end - timedelta(hours=1), end_time=end)
        assert anonymous.get(at(link)).status_code == status


def test_who_has_cancelled_may_think_again(ours: Tenant, anonymous: APIClient, link: str, slots: list[Any]) -> None:
    take(anonymous, link, slots[0])
    InterviewLink.objects.update(expires_at=timezone.now())
    assert anonymous.post(at(link, "cancel/")).status_code == 200
    assert take(anonymous, link, slots[1]).status_code == 201


@pytest.mark.parametrize("what", ["hours/", "waitlist/"])
def test_a_link_that_is_revoked_meanwhile_changes_nothing(
    ours: Tenant, anonymous: APIClient, link: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Somebody revokes it, or deletes the candidate's data, just before the interview is locked."""
    lock = lock_interview

    def revoked(*args: Any, **named: Any) -> Any:
        InterviewLink.objects.update(revoked_at=timezone.now())
        return lock(*args, **named)

    monkeypatch.setattr(links, "lock_interview", revoked)
    before = WaitlistEntry.objects.count()
    until = (timezone.now() + timedelta(days=5)).isoformat()
    body = {"start_before": until} if what == "waitlist/" else {"timezone": "Europe/Berlin"}
    method = anonymous.post if what == "waitlist/" else anonymous.put
    assert_problem(method(at(link, what), body, format="json"), 410, code="link_revoked")
    assert WaitlistEntry.objects.count() == before
    assert Interview.objects.get(pk=ours.interview.pk).candidate_hours is None


@pytest.mark.parametrize("how", ["invite/", "revoke_link/"])
def test_a_revoked_link_says_so(
    ours: Tenant, api: APIClient, anonymous: APIClient, link: str, slots: list[Any], how: str
) -> None:
    newer = api.post(f"/api/interviews/{ours.interview.pk}/{how}")
    with unchanged():
        for answer in every_call(anonymous, link, slots[0]):
            assert_problem(answer, 410, code="link_revoked")
    if how == "invite/":
        assert anonymous.get(at(newer.json()["link"])).status_code == 200


def test_what_the_company_has_cancelled_the_candidate_does_not_book_again(
    ours: Tenant, api: APIClient, anonymous: APIClient, link: str, slots: list[InterviewSlot]
) -> None:
    booked = take(anonymous, link, slots[0]).json()["id"]
    api.post(f"/api/interviews/schedules/{booked}/cancel_schedule/")
    shown = anonymous.get(at(link)).json()
    assert (shown["status"], shown["schedule"]) == ("cancelled", None)
    with unchanged():
        assert_problem(take(anonymous, link, slots[1]), 409, code="interview_cancelled")


def test_a_finished_interview_is_shown_and_no_more(
    ours: Tenant, anonymous: APIClient, link: str, slots: list[InterviewSlot]
) -> None:
    Interview.objects.filter(pk=ours.interview.pk).update(status="completed")
    assert anonymous.get(at(link)).json()["status"] == "completed"
    with unchanged():
        assert_problem(take(anonymous, link, slots[0]), 409, code="interview_completed")


def test_guessing_is_slowed_down_and_a_good_link_still_opens(
    anonymous: APIClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "GUESSES", replace(throttling.GUESSES, seconds=86_400))  # or its minute may end
    answers = [anonymous.get(at("A" * 43)).status_code for _ in range(35)]
    assert answers == [404] * 30 + [429] * 5
    assert anonymous.get(at(link)).status_code == 200


def test_the_link_is_kept_hashed_and_can_be_made_again_by_who_has_the_key(
    ours: Tenant, link: str, settings: LazySettings
) -> None:
    row = InterviewLink.objects.get()
    assert link not in (row.token_hash, row.nonce)
    assert (hash_link(link), link_of(ours.interview.pk, row.nonce)) == (row.token_hash, link)
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    assert link_of(ours.interview.pk, row.nonce) != link


# --- the company's rules ---------------------------------------------------------------------------------------


def test_a_company_says_what_its_candidates_may_do(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    address = f"/api/companies/{ours.company.pk}/scheduling/"
    shown = {
        "change_cutoff_minutes": 120,
        "min_notice_minutes": 60,
        "max_days_ahead": 60,
        "reseat_mode": "propose",
        "hold_hours": 24,
        "offer_minutes": 120,
        "join_before_minutes": 15,
        "join_grace_minutes": 15,
    }
    assert api.get(address).json() == shown
    changed = api.patch(address, {"max_days_ahead": 14}, format="json")
    assert (changed.status_code, changed.json()) == (200, shown | {"max_days_ahead": 14})
    recruiter, stranger = ours.client("recruiter"), theirs.client()
    with unchanged():
        for name, value in (
            ("max_days_ahead", 0),
            ("min_notice_minutes", -1),
            ("change_cutoff_minutes", "1"),
            ("join_before_minutes", 241),
            ("join_grace_minutes", 4),
        ):
            assert_problem(api.patch(address, {name: value}, format="json"), 400, name)
        assert_problem(recruiter.patch(address, {"max_days_ahead": 7}, format="json"), 403)
        assert_problem(stranger.get(address), 404)
        assert_problem(stranger.patch(address, {"max_days_ahead": 7}, format="json"), 404)
    assert recruiter.get(address).status_code == 200


# --- two browsers ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_link_in_many_browsers_books_once() -> None:
    import httpx  # noqa: PLC0415

    company = CandidateFactory().company
    interview = InterviewFactory(candidate=CandidateFactory(company=company))
    nonce = "n"
    link = link_of(interview.pk, nonce)
    InterviewLink.objects.create(
        interview=interview,
        token_hash=hash_link(link),
        nonce=nonce,
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    slots = [SlotFactory(company=company, start_time=in_future(days=3, hours=n)) for n in range(4)]
    with live_server(workers=2) as address, httpx.Client(base_url=address, timeout=60) as browser:
        calls = [partial(browser.post, at(link, "book/"), json={"slot_id": str(slots[n % 4].pk)}) for n in range(12)]
        answers = all_at_once(calls)
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
        refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
        assert refused <= {"interview_already_booked", "slot_full"}
        moved = all_at_once([partial(browser.post, at(link, "cancel/")) for _ in range(6)])
        assert sorted(answer.status_code for answer in moved) == [200] + [409] * 5
    assert InterviewSchedule.objects.filter(status__in=["pending", "confirmed"]).count() == 0
    assert broken_invariants() == {}


def test_a_key_is_no_way_around_the_limit_of_guesses(anonymous: APIClient, slots: list[InterviewSlot]) -> None:
    answers = [take(anonymous, "A" * 43, slots[0], HTTP_IDEMPOTENCY_KEY=f"k{n % 7}") for n in range(33)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429] * 3
    assert "Retry-After" in answers[-1]
