"""An interview as it is held: begun, answered, ended; and what is refused on the way."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from parley.conversations.library import shipped
from parley.conversations.models import InterviewSession, KitVersion, SessionFeedback, Turn
from parley.conversations.operations.answering import answer_question, save_draft
from parley.conversations.operations.asking import ask_for_human, give_feedback
from parley.conversations.operations.ending import expire_session, finish_session, miss_interview
from parley.conversations.operations.opening import grant_time, start_session
from parley.conversations.operations.reading import read_transcript
from parley.conversations.operations.speaking import next_words, speak
from parley.conversations.queries import Deviation, deviations, missed_interviews, standing_of
from parley.conversations.rules.consent import VERSION
from parley.conversations.tasks import end_sessions, find_missed
from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, DomainError, Invalid, NotFound
from parley.core.models import Event
from parley.interviews.models import InterviewConflict, InterviewSlot
from parley.organizations.models import Company
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.conversations.test_rules import content
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LONG = "We had 3 queues. " * 30  # concrete, and long enough for no follow-up
THIN = "We wrote to a queue and another service read from it until the queue was empty."


def state(booked: Booked) -> tuple[str, str]:
    booked.interview.refresh_from_db()
    return str(booked.interview.status), str(booked.session.state)


def test_an_interview_from_consent_to_the_closing_words(booked: Booked) -> None:
    session = booked.begin()
    assert state(booked) == ("in_progress", "running")
    assert booked.interview.started_at == session.started_at == session.consented_at == booked.now
    assert session.plan == ["d1", "d2", "t1", "t2"]
    assert (session.consent_version, session.ends_at) == (VERSION, booked.now + 30 * MINUTE)
    assert booked.said() == [("question", "Ask d1?")]
    for text in (THIN, LONG, LONG, LONG):  # d1 has one follow-up, but no probe of its own: none is asked
        booked.answer(text)
        speak(session.pk, now=booked.now)
    assert [kind for kind, _ in booked.said()] == [*["question", "answer"] * 4, "closing"]
    assert [text for kind, text in booked.said() if kind == "question"] == [f"Ask {key}?" for key in session.plan]
    assert booked.said()[-1] == ("closing", "Thank you.")
    assert state(booked) == ("completed", "finished")
    assert (booked.session.ending, booked.session.ended_at, booked.interview.ended_at) == (
        "complete",
        booked.now,
        booked.now,
    )
    assert booked.events() == ["interview.started", "interview.completed"]
    told = Event.objects.get(type="interview.completed")
    assert told.before == {"status": "in_progress"}
    assert told.after is not None
    assert told.after["status"] == "completed"
    assert told.after["schedule_id"] == str(booked.schedule.pk)
    turn = Turn.objects.get(number=1)
    assert (turn.interviewer, turn.model, turn.input_tokens, turn.attempts) == ("scripted", "", 0, [])
    assert turn.total_ms is not None


def test_a_short_answer_is_asked_about_kindly_and_once(company: Company, another: Callable[..., Booked]) -> None:
    given = content()
    given["competencies"][0]["questions"][0]["probes"] = ["What was hard?", "And then?"]
    given["competencies"][0]["follow_ups"] = 2
    make_kit(company, given, name="Newer")
    booked = another()
    session = booked.begin()
    booked.answer("")
    speak(session.pk, now=booked.now)
    assert booked.said()[-1] == ("follow_up", "Take your time: even a rough idea helps. What was hard?")
    booked.answer("")
    speak(session.pk, now=booked.now)
    assert booked.said()[-1] == ("question", "Ask d2?")


@pytest.mark.parametrize(
    ("minutes", "code"), [(-16, "room_not_open"), (16, "room_closed")], ids=["too-early", "too-late"]
)
def test_outside_its_window_nothing_begins(booked: Booked, minutes: int, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        booked.begin(at=booked.start + minutes * MINUTE)
    assert refused.value.code == code
    booked.interview.refresh_from_db()
    assert (booked.interview.status, InterviewSession.objects.count()) == ("scheduled", 0)


@pytest.mark.parametrize("minutes", [-15, 15])
def test_at_the_ends_of_its_window_it_begins(booked: Booked, minutes: int) -> None:
    booked.begin(at=booked.start + minutes * MINUTE)
    assert state(booked) == ("in_progress", "running")


def test_without_consent_nothing_begins(booked: Booked) -> None:
    for version, accepted, code in ((VERSION, False, "consent_needed"), ("2020-01", True, "consent_outdated")):
        with pytest.raises(DomainError) as refused:
            start_session(token=booked.token, consent_version=version, accepted=accepted, now=booked.now)
        assert refused.value.code == code
    assert InterviewSession.objects.count() == 0
    assert booked.events() == []


def test_begun_twice_it_is_one_session(booked: Booked) -> None:
    first = booked.begin()
    assert booked.begin(at=booked.now + MINUTE) == first
    assert booked.session.started_at == booked.now
    assert (booked.said(), booked.events()) == ([("question", "Ask d1?")], ["interview.started"])


def test_an_answer_sent_twice_counts_once_and_another_one_is_refused(booked: Booked) -> None:
    session = booked.begin()
    asked = Turn.objects.get()
    first = booked.answer("One", client_id="a", turn_id=asked.pk)
    assert booked.answer("Other words", client_id="a", turn_id=asked.pk) == first
    for turn_id in (asked.pk, None):
        with pytest.raises(Conflict) as refused:
            booked.answer("Two", client_id="b", turn_id=turn_id)
        assert refused.value.code == "answered_already"
    assert booked.said() == [("question", "Ask d1?"), ("answer", "One")]
    speak(session.pk, now=booked.now)
    with pytest.raises(Conflict):  # another window still shows the first question
        booked.answer("Two", client_id="b", turn_id=asked.pk)
    assert booked.answer("One", client_id="a", turn_id=asked.pk) == first
    assert Turn.objects.count() == 3


def test_a_turn_that_a_killed_process_left_out_is_made_once(booked: Booked) -> None:
    session = booked.begin()
    booked.answer(LONG)
    slow, fast = next_words(session.pk, now=booked.now), next_words(session.pk, now=booked.now)
    assert next(slow) == next(fast) == "Ask "
    said = [list(fast)[-1], list(slow)[-1]]  # both had found it missing
    assert said[0] == said[1]
    assert speak(session.pk, now=booked.now) is None
    assert [kind for kind, _ in booked.said()] == ["question", "answer", "question"]


def test_what_is_said_once_the_session_is_over_is_not_kept(booked: Booked) -> None:
    session = booked.begin()
    booked.answer(LONG)
    words = next_words(session.pk, now=booked.now)
    next(words)
    finish_session(token=booked.token, now=booked.now)
    assert [each for each in words if isinstance(each, Turn)] == [Turn.objects.get(number=2)]
    assert Turn.objects.count() == 2


def test_drafts_are_kept_until_the_answer(booked: Booked) -> None:
    with pytest.raises(NotFound):
        save_draft(token=booked.token, text="Too early", now=booked.now)
    booked.begin()
    save_draft(token=booked.token, text="Half a sent", now=booked.now)
    assert (booked.session.draft, booked.session.draft_saved_at) == ("Half a sent", booked.now)
    booked.answer("Half a sentence.")
    assert (booked.session.draft, booked.session.draft_saved_at) == ("", None)
    finish_session(token=booked.token, now=booked.now)
    with pytest.raises(Conflict) as refused:
        save_draft(token=booked.token, text="Too late", now=booked.now)
    assert (refused.value.code, booked.session.draft) == ("session_over", "")


def test_what_was_being_written_at_the_end_is_taken_and_then_it_closes(booked: Booked) -> None:
    session = booked.begin()
    late = booked.now + 31 * MINUTE
    booked.answer("Just in time", at=late)
    speak(session.pk, now=late)
    assert booked.said()[1:] == [("answer", "Just in time"), ("closing", "Thank you.")]
    assert (*state(booked), booked.session.ending) == ("completed", "expired", "time")


def test_an_answer_after_the_end_closes_the_session(booked: Booked) -> None:
    booked.begin()
    late = booked.now + 31 * MINUTE + timedelta(seconds=1)
    with pytest.raises(Conflict) as refused:
        booked.answer("Too late", at=late)
    assert refused.value.code == "time_over"
    assert booked.said() == [("question", "Ask d1?")]
    assert (*state(booked), booked.session.ended_at) == ("completed", "expired", late)
    with pytest.raises(Conflict) as refused:
        booked.answer("Again", at=late)
    assert refused.value.code == "session_over"


def test_more_time_moves_the_end(booked: Booked) -> None:
    grant_time(interview_id=booked.interview.pk, extra_minutes=10, actor=SYSTEM, now=booked.now)
    assert (str(booked.session.state), booked.session.ends_at) == ("waiting", None)
    session = booked.begin()
    assert session.ends_at == booked.now + 40 * MINUTE
    grant_time(interview_id=booked.interview.pk, extra_minutes=5, actor=SYSTEM, now=booked.now)
    assert booked.session.ends_at == booked.now + 35 * MINUTE
    with pytest.raises(Invalid):
        grant_time(interview_id=booked.interview.pk, extra_minutes=241, actor=SYSTEM, now=booked.now)
    finish_session(token=booked.token, now=booked.now)
    with pytest.raises(Conflict):
        grant_time(interview_id=booked.interview.pk, extra_minutes=30, actor=SYSTEM, now=booked.now)
    assert (booked.session.extra_minutes, booked.session.ends_at) == (5, booked.now + 35 * MINUTE)


def test_the_candidate_ends_it_once(booked: Booked) -> None:
    booked.begin()
    finish_session(token=booked.token, now=booked.now + MINUTE)
    finish_session(token=booked.token, now=booked.now + 2 * MINUTE)
    assert (*state(booked), booked.session.ending) == ("completed", "finished", "by_candidate")
    assert booked.session.ended_at == booked.now + MINUTE
    assert booked.events() == ["interview.started", "interview.completed"]


def test_a_person_is_asked_for_once(booked: Booked) -> None:
    ask_for_human(token=booked.token, message="I stammer when I hurry.", now=booked.now - timedelta(days=1))
    ask_for_human(token=booked.token, message="Again", now=booked.now)
    conflict = InterviewConflict.objects.get()
    assert (conflict.conflict_type, conflict.is_manual, conflict.primary_interview) == (
        "ai_system_error",
        True,
        booked.interview,
    )
    assert conflict.conflict_details["reason"] == "I stammer when I hurry."
    assert conflict.conflict_details["asked_for"] == "human"
    assert booked.session.human_requested_at == booked.now - timedelta(days=1)
    assert state(booked) == ("scheduled", "waiting")
    assert missed_interviews(now=booked.start + 16 * MINUTE) == []
    assert miss_interview(interview_id=booked.interview.pk, now=booked.start + 16 * MINUTE) is False
    booked.begin()  # it can still be held
    finish_session(token=booked.token, now=booked.now)
    with pytest.raises(Conflict):
        ask_for_human(token=booked.token, message="Late", now=booked.now)


def test_feedback_is_given_afterwards_and_can_be_changed(booked: Booked) -> None:
    booked.begin()
    with pytest.raises(Conflict) as refused:
        give_feedback(token=booked.token, rating=5, text="", now=booked.now)
    assert (refused.value.code, SessionFeedback.objects.count()) == ("session_not_over", 0)
    finish_session(token=booked.token, now=booked.now)
    for rating in (0, 6):
        with pytest.raises(Invalid):
            give_feedback(token=booked.token, rating=rating, text="", now=booked.now)
    give_feedback(token=booked.token, rating=2, text="Hm.", now=booked.now)
    give_feedback(token=booked.token, rating=4, text="On second thoughts: fair.", now=booked.now)
    feedback = SessionFeedback.objects.get()
    assert (feedback.rating, feedback.text) == (4, "On second thoughts: fair.")


def test_nobody_came(booked: Booked) -> None:
    in_time, late = booked.start + 15 * MINUTE, booked.start + 15 * MINUTE + timedelta(seconds=1)
    assert missed_interviews(now=in_time) == []
    assert miss_interview(interview_id=booked.interview.pk, now=in_time) is False
    grant_time(interview_id=booked.interview.pk, extra_minutes=10, actor=SYSTEM, now=booked.now)  # opens the session
    assert missed_interviews(now=late) == [booked.interview.pk]
    assert miss_interview(interview_id=booked.interview.pk, now=late) is True
    assert miss_interview(interview_id=booked.interview.pk, now=late) is False
    assert (*state(booked), booked.session.ending) == ("no_show", "missed", "no_show")
    assert booked.events() == ["interview.time_extended", "interview.missed"]
    with pytest.raises(Conflict):
        booked.begin()


def test_the_jobs_end_what_is_over_and_find_who_did_not_come(booked: Booked, another: Callable[..., Booked]) -> None:
    now = timezone.now()
    ended = another(start=now - timedelta(hours=2))
    ended.begin(at=now - timedelta(hours=2))
    absent = another(start=now - timedelta(hours=4))
    for _ in range(2):
        end_sessions(0)
        find_missed(0)
    assert (state(ended), booked.interview.status) == (("completed", "expired"), "scheduled")
    absent.interview.refresh_from_db()
    assert absent.interview.status == "no_show"
    assert (ended.events(), absent.events()) == (["interview.started", "interview.completed"], ["interview.missed"])


def test_a_session_within_its_time_is_not_ended(booked: Booked) -> None:
    session = booked.begin()
    assert expire_session(session_id=session.pk, now=booked.now + 31 * MINUTE) is False
    assert state(booked) == ("in_progress", "running")


@pytest.mark.parametrize("how", ["by the job", "by an answer that comes too late"])
def test_what_was_being_written_when_the_time_ran_out_counts(booked: Booked, how: str) -> None:
    session = booked.begin()
    save_draft(token=booked.token, text="Half a sent", now=booked.now)
    codes = []
    for _ in range(2):
        if how == "by the job":
            expire_session(session_id=session.pk, now=booked.now + 60 * MINUTE)
        else:
            with pytest.raises(Conflict) as refused:
                booked.answer("Too late.", at=booked.now + 60 * MINUTE)
            codes.append(refused.value.code)
    assert codes == ([] if how == "by the job" else ["time_over", "session_over"])
    assert [turn.text for turn in Turn.objects.order_by("number")[1:]] == ["Half a sent"]
    last = Turn.objects.latest("number")
    assert (last.role, last.kind, last.created_at) == ("candidate", "answer", booked.now)
    assert (state(booked), booked.session.draft) == (("completed", "expired"), "")


def test_a_draft_after_the_end_is_not_kept(booked: Booked) -> None:
    session = booked.begin()
    save_draft(token=booked.token, text="In time", now=booked.now + 31 * MINUTE)
    with pytest.raises(Conflict) as refused:
        save_draft(token=booked.token, text="Hours later", now=booked.now + 31 * MINUTE + timedelta(seconds=1))
    assert (refused.value.code, booked.session.draft) == ("time_over", "In time")
    expire_session(session_id=session.pk, now=booked.now + 60 * MINUTE)
    assert booked.said()[-1] == ("answer", "In time")


def test_an_answer_without_a_key_is_kept(booked: Booked) -> None:
    booked.begin()
    answer_question(token=booked.token, client_id="", text="By an old page.", turn_id=None, now=booked.now)
    assert booked.said()[-1] == ("answer", "By an old page.")


def test_who_asks_for_a_person_too_late_has_missed_it_all_the_same(booked: Booked) -> None:
    miss_interview(interview_id=booked.interview.pk, now=booked.start + 16 * MINUTE)
    ask_for_human(token=booked.token, message="My train was late.", now=booked.start + 20 * MINUTE)
    booked.interview.refresh_from_db()
    assert booked.interview.status == "no_show"
    assert standing_of(booked.interview).state == "missed"


def test_who_ends_the_interview_leaves_out_what_was_not_sent(booked: Booked) -> None:
    booked.begin()
    save_draft(token=booked.token, text="Half a sent", now=booked.now)
    finish_session(token=booked.token, now=booked.now)
    assert Turn.objects.filter(role="candidate").count() == 0


def test_nothing_is_added_to_an_answer_when_the_time_is_over(booked: Booked) -> None:
    session = booked.begin()
    booked.answer(LONG)
    expire_session(session_id=session.pk, now=booked.now + 60 * MINUTE)
    assert [turn.text for turn in Turn.objects.filter(role="candidate")] == [LONG]


def test_every_look_at_a_transcript_is_recorded(booked: Booked) -> None:
    user, stranger = UserFactory(company=booked.interview.company), UserFactory()
    with pytest.raises(NotFound):
        read_transcript(interview_id=booked.interview.pk, actor=user, now=booked.now)
    booked.begin()
    with pytest.raises(NotFound):
        read_transcript(interview_id=booked.interview.pk, actor=stranger, now=booked.now)
    _, turns = read_transcript(interview_id=booked.interview.pk, actor=user, now=booked.now)
    assert [turn.text for turn in turns] == ["Ask d1?"]
    assert booked.events() == ["interview.started", "interview.transcript_read"]
    assert Event.objects.get(type="interview.transcript_read").actor_id == user.pk


def test_all_candidates_of_a_version_got_the_same_questions(kit: KitVersion, another: Callable[..., Booked]) -> None:
    whole, early = another(), another()
    short = another(ai_configuration={"questions": 2})
    for booked in (whole, early, short):
        session = booked.begin()
        for _ in range(1 if booked is early else len(session.plan)):
            booked.answer(LONG)
            speak(session.pk, now=booked.now)
    assert deviations(kit) == []
    assert [text for kind, text in short.said() if kind == "question"] == ["Ask d1?", "Ask t1?"]
    Turn.objects.filter(session=whole.session, question_key="t1", kind="question").update(text="Ask T1 quickly?")
    Turn.objects.filter(session=early.session, number=1).update(question_key="t1", text="Ask t1?")
    d1, d2, t1, t2 = [(key, f"Ask {key}?") for key in ("d1", "d2", "t1", "t2")]
    assert deviations(kit) == [
        Deviation(
            session_id=whole.session.pk, expected=[d1, d2, t1, t2], asked=[d1, d2, ("t1", "Ask T1 quickly?"), t2]
        ),
        Deviation(session_id=early.session.pk, expected=[d1, d2], asked=[t1, d2]),
    ]


def test_the_kit_is_the_one_for_the_job_the_type_or_the_one_that_is_wished(company: Company) -> None:
    of_type = make_kit(company, name="For all")
    other = make_kit(company, name="Other", interview_type="coding")
    make_kit(company, name="Switched off", is_active=False)
    booked = make_booked(company)
    assert booked.begin().kit_version == of_type
    wished = make_booked(company, ai_configuration={"kit": "other", "duration_minutes": 20})
    session = wished.begin()
    assert (session.kit_version, session.minutes) == (other, 20)
    by_id = make_booked(company, ai_configuration={"kit": str(other.kit_id)})
    assert by_id.begin().kit_version == other
    for_job = make_booked(company)
    of_job = make_kit(company, name="For the job", job=for_job.interview.job)
    assert for_job.begin().kit_version == of_job


def test_a_shipped_kit_is_wished_by_its_type(company: Company) -> None:
    make_kit(company, name="For all")
    version = make_booked(company, ai_configuration={"kit": "System_Design"}).begin().kit_version
    assert (version.kit.company, version.content) == (None, shipped("system_design"))
    own = make_kit(company, name="System_design", interview_type="coding")
    assert make_booked(company, ai_configuration={"kit": "system_design"}).begin().kit_version == own


def test_a_short_slot_asks_what_fits_into_it(company: Company) -> None:
    make_kit(company)
    session = make_booked(company, duration_minutes=15).begin()
    assert (session.minutes, session.plan) == (15, ["d1", "d2", "t1"])
    assert session.wishes == {
        "difficulty": None,
        "topics": [],
        "questions": None,
        "duration_minutes": 15,
        "language": None,
        "kit": None,
    }


def test_a_kit_that_parley_ships_is_kept_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.conversations.operations.choosing.shipped", lambda kind, language: content())
    first, second = make_booked(company).begin(), make_booked(company).begin()
    assert first.kit_version == second.kit_version
    assert (first.kit_version.kit.company, first.kit_version.number) == (None, 1)
    monkeypatch.setattr(
        "parley.conversations.operations.choosing.shipped", lambda kind, language: content(closing="Bye.")
    )
    third = make_booked(company).begin()
    assert (third.kit_version.kit_id, third.kit_version.number) == (first.kit_version.kit_id, 2)


def test_without_a_kit_nothing_begins(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.conversations.operations.choosing.shipped", lambda kind, language: None)
    booked = make_booked(company)
    with pytest.raises(Conflict) as refused:
        booked.begin()
    booked.interview.refresh_from_db()
    assert (refused.value.code, booked.interview.status) == ("no_kit", "scheduled")
    assert InterviewSlot.objects.get().current_bookings == 1


def test_client_ids_of_different_sessions_do_not_meet(another: Callable[..., Booked]) -> None:
    key = uuid4().hex
    for booked in (another(), another()):
        booked.begin()
        booked.answer("Mine", client_id=key)
        assert booked.said()[-1] == ("answer", "Mine")
