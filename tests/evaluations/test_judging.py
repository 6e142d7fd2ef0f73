"""The AI judges: proven by quotes, once each, whatever dies; with people beside and before it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from parley.conversations.models import InterviewSession
from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.core.outbox import read_on
from parley.evaluations.judgements import recompute
from parley.evaluations.models import Evaluation, Judgement, Override
from parley.evaluations.operations import judging
from parley.evaluations.operations.judging import ask_again, judge
from parley.evaluations.operations.overrides import override_level
from parley.evaluations.queries import left_undone, results_of
from parley.evaluations.reader import READER
from parley.evaluations.rules.judging import JudgeState
from parley.evaluations.tasks import catch_up, evaluate
from parley.organizations.models import User
from tests.api.tenants import unchanged
from tests.core.processes import start
from tests.evaluations.held import hold, version_of
from tests.evaluations.test_operations import rate, settle
from tests.factories import UserFactory
from tests.judge import FAKE, REAL, Double
from tests.live import server_environment
from tests.outbox import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


@pytest.fixture
def session(rosa: User) -> InterviewSession:
    assert rosa.company
    return hold(rosa.company)


def run(session: InterviewSession) -> JudgeState:
    return judge(session.interview_id, clock=timezone.now)


def events(*but: str) -> list[str]:
    return [each for each in Event.objects.order_by("id").values_list("type", flat=True) if each not in but]


def jobs_of(session: InterviewSession) -> int:
    jobs = ProcrastinateJob.objects.filter(task_name="evaluations.evaluate")
    return sum(job.args == {"interview_id": str(session.interview_id)} for job in jobs)


def override(session: InterviewSession, actor: Any, level: Any = 5, **more: Any) -> Override:
    values = {"criterion": "depth", "reason": "Said more."} | more
    return override_level(interview_id=session.interview_id, level=level, actor=actor, now=timezone.now(), **values)


def seen(session: InterviewSession, user: User) -> Any:
    found = results_of(session.interview, user)
    assert found is not None
    return found


def levels(session: InterviewSession, user: User) -> list[tuple[Any, ...]]:
    return [(each.criterion.key, each.level, each.spread, each.counted) for each in seen(session, user).judged]


def test_without_a_model_people_are_asked_once(session: InterviewSession) -> None:
    assert [run(session), run(session)] == [JudgeState.NONE, JudgeState.NONE]
    assert events() == ["evaluation.ratings_wanted"]
    wanted = Event.objects.get()
    assert wanted.after == {"interview_id": str(session.interview_id), "status": "needs_ratings", "judge": "none"}
    assert (Evaluation.objects.get().state, Judgement.objects.count()) == ("needs_ratings", 0)


def test_each_criterion_is_asked_about_three_times_and_kept(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    assert run(session) == JudgeState.DONE
    assert len(judge_model.bodies) == 6
    rows = list(Judgement.objects.order_by("criterion_key", "sample"))
    assert [(row.criterion_key, row.sample, row.outcome, row.level) for row in rows] == [
        (key, sample, "level", 3) for key in ("clarity", "depth") for sample in (1, 2, 3)
    ]
    sent = [[each["content"] for each in body["messages"]] for body in judge_model.bodies]
    assert {(row.system, row.user) for row in rows} == {(system, user) for system, user in sent}
    row = rows[0]
    assert (row.company_id, row.kit_version_hash) == (rosa.company_id, session.kit_version.content_hash)
    assert row.found == [{"turn": 2, "quote": REAL, "start": 0, "end": len(REAL)}]
    assert (row.refused, row.reason, row.parameters["temperature"]) == ([], "Names a queue.", 0.5)
    evaluation = Evaluation.objects.get()
    assert (evaluation.state, evaluation.judge_state, evaluation.samples) == ("needs_ratings", "done", 3)
    assert evaluation.model == row.model != ""
    assert events() == ["evaluation.judged", "evaluation.ready", "evaluation.ratings_wanted"]
    assert recompute(evaluation).problems == ()
    rate(session, rosa)
    assert events().count("evaluation.ready") == 1
    assert levels(session, rosa) == [("depth", Fraction(3), 0, 3), ("clarity", Fraction(3), 0, 3)]


def test_again_nothing_is_asked_or_told(session: InterviewSession, judge_model: Double) -> None:
    run(session)
    with unchanged():
        assert run(session) == JudgeState.DONE
    assert len(judge_model.bodies) == 6


def test_signs_that_the_database_does_not_take_stop_nothing(session: InterviewSession, judge_model: Double) -> None:
    odd = r'{"level": 3, "reason": "a \u0000 b", "quotes": [{"turn": 2, "quote": "not \u0000 said at all"}]}'
    judge_model.answers = [odd]
    assert run(session) == JudgeState.DONE
    row = Judgement.objects.get(criterion_key="depth", sample=1)
    assert (row.outcome, row.reason, row.raw) == ("unproven", "a \ufffd b", odd)
    assert row.refused == [{"turn": 2, "quote": "not \ufffd said at all", "why": "not_there"}]
    assert recompute(Evaluation.objects.get(session=session)).problems == ()


def decide_meanwhile(
    session: InterviewSession, user: User, monkeypatch: pytest.MonkeyPatch, step: str, *, at: int
) -> None:
    """The AI is asked until a step has been made so often; then a person decides."""
    with dying(monkeypatch, step, at=at, after=True):
        run(session)
    rate(session, user)
    settle(session, user)


def test_what_was_decided_while_the_ai_was_asked_stays_the_result(
    session: InterviewSession, rosa: User, judge_model: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_meanwhile(session, rosa, monkeypatch, "ask", at=4)
    result = seen(session, rosa).result
    assert run(session) == JudgeState.NONE
    assert (seen(session, rosa).result, seen(session, rosa).judged) == (result, ())
    assert "evaluation.judged" not in events()
    assert len(judge_model.bodies) == 4


def test_decided_during_the_last_question_the_ai_changes_nothing(
    session: InterviewSession, rosa: User, judge_model: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_meanwhile(session, rosa, monkeypatch, "keep_judgement", at=6)
    assert judging.complete_judging(interview_id=session.interview_id, now=timezone.now()) == JudgeState.NONE
    assert "evaluation.judged" not in events()


def test_where_nothing_was_answered_the_ai_is_not_asked(rosa: User, judge_model: Double) -> None:
    assert rosa.company
    session = hold(rosa.company, answers={"d1": " ", "t1": ""})
    run(session)
    with unchanged(), pytest.raises(Conflict) as refused:
        ask_again(interview_id=session.interview_id, actor=rosa, now=timezone.now())
    assert refused.value.code == "nothing_said"
    assert judge_model.bodies == []


JUDGING = """
import sys, uuid, django
django.setup()
from django.utils import timezone
from parley.evaluations.operations.judging import judge
judge(uuid.UUID(sys.argv[1]), clock=timezone.now)
"""


def test_killed_while_a_model_answers_nothing_is_lost_or_doubled(
    session: InterviewSession, judge_model: Double
) -> None:
    """Processes that are killed as ``kill -9`` does it, each while another sample is asked for or kept."""
    _, _, surroundings = server_environment(workers=1, **judge_model.environment)
    rows, kept = Judgement.objects.order_by("pk"), list[Any]()
    for _ in range(3):
        before = len(judge_model.bodies)
        process = start(JUDGING, str(session.interview_id), env=surroundings)
        while len(judge_model.bodies) == before and process.poll() is None:  # it ends where nothing is missing
            time.sleep(0.01)
        process.kill()
        process.communicate()
        assert list(rows.values())[: len(kept)] == kept
        kept = list(rows.values())
    assert run(session) == JudgeState.DONE
    assert rows.count() == 6
    assert list(rows.values())[: len(kept)] == kept
    assert len(judge_model.bodies) <= 6 + 3  # what was just asked for when it was killed, and no more
    assert recompute(Evaluation.objects.get(session=session)).problems == ()
    assert events() == ["evaluation.judged", "evaluation.ready", "evaluation.ratings_wanted"]


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, name: str, *, at: int, after: bool) -> Iterator[None]:
    """The process ends at the call number ``at`` of a step: before it, or once it is committed."""
    step: Callable[..., Any] = getattr(judging, name)
    calls = iter(range(1, 100))

    def mortal(*args: Any, **kwargs: Any) -> Any:
        is_last = next(calls) == at
        if is_last and not after:
            raise SystemExit
        done = step(*args, **kwargs)
        if is_last:
            raise SystemExit
        return done

    with monkeypatch.context() as patch:
        patch.setattr(judging, name, mortal)
        with pytest.raises(SystemExit):
            yield


@pytest.mark.parametrize(
    ("name", "calls"),
    [("begin_evaluation", (1,)), ("ask", (1, 4, 6)), ("keep_judgement", (1, 3, 6)), ("complete_judging", (1,))],
)
def test_a_process_that_dies_loses_nothing_and_does_nothing_twice(
    name: str, calls: tuple[int, ...], rosa: User, judge_model: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rosa.company
    version = version_of(rosa.company)
    for at, after in [(at, after) for at in calls for after in (False, True)]:
        session = hold(rosa.company, version=version)
        with dying(monkeypatch, name, at=at, after=after):
            run(session)
        rows = Judgement.objects.filter(evaluation__session=session).order_by("pk")
        kept, asked = list(rows.values()), len(judge_model.bodies)
        assert run(session) == JudgeState.DONE
        assert rows.count() == 6
        assert len(judge_model.bodies) == asked + 6 - len(kept)  # only what is missing
        assert [row for row in rows.values() if row in kept] == kept
        evaluation = Evaluation.objects.get(session=session)
        told = Event.objects.filter(object_id=str(evaluation.pk)).order_by("id").values_list("type", flat=True)
        assert list(told) == ["evaluation.judged", "evaluation.ready", "evaluation.ratings_wanted"]
        assert recompute(evaluation).is_equal


def test_two_at_once_keep_each_sample_once(session: InterviewSession, judge_model: Double) -> None:
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            run(session)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert Judgement.objects.count() == 6
    assert sorted(events()) == ["evaluation.judged", "evaluation.ratings_wanted", "evaluation.ready"]
    assert recompute(Evaluation.objects.get()).is_equal


def test_the_end_of_an_interview_defers_one_job(session: InterviewSession, judge_model: Double) -> None:
    after = {"session_id": str(session.pk), "status": "completed"}
    for kind in ("interview.completed", "interview.started"):
        Event.objects.create(
            type=kind,
            object_type="interview",
            object_id=str(session.interview_id),
            company_id=session.company_id,
            actor_kind="system",
            occurred_at=timezone.now(),
            after=after,
        )
    wait_until_readable()
    assert read_on(READER, now=timezone.now()) == 2
    assert jobs_of(session) == 1
    evaluate(interview_id=str(session.interview_id))
    assert Evaluation.objects.get().judge_state == "done"


def test_what_lost_its_job_is_caught_up_with(session: InterviewSession, rosa: User, judge_model: Double) -> None:
    assert rosa.company
    old = hold(rosa.company, version=session.kit_version, ended_at=timezone.now() - timedelta(days=8))
    running = hold(rosa.company, version=session.kit_version, state="running")
    broken = hold(rosa.company, version=session.kit_version)
    judge_model.fails_after = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "fail_judging", lambda **_: JudgeState.ASKED)  # it died over the refusal
        run(broken)
    Evaluation.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    catch_up(timestamp=0)
    catch_up(timestamp=0)
    assert [jobs_of(each) for each in (session, broken, old, running)] == [1, 1, 0, 0]
    Evaluation.objects.update(updated_at=timezone.now() - timedelta(days=8))  # asked in vain each minute of a week
    assert left_undone(now=timezone.now()) == [session.interview_id]


def test_a_model_that_fails_leaves_it_to_people_who_are_told_once(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    judge_model.fails_after = 2
    assert run(session) == JudgeState.FAILED
    evaluation = Evaluation.objects.get()
    assert (evaluation.state, evaluation.judge_state, Judgement.objects.count()) == ("needs_ratings", "failed", 2)
    assert evaluation.attempts != []
    assert events() == ["evaluation.judging_failed", "evaluation.ratings_wanted"]
    assert (Event.objects.last().after or {})["judge"] == "failed"  # type: ignore[union-attr]  # there are two
    assert run(session) == JudgeState.FAILED  # nobody has asked again
    rate(session, rosa)
    assert seen(session, rosa).judged == ()
    ask_again(interview_id=session.interview_id, actor=rosa, now=timezone.now())
    assert jobs_of(session) == 1
    judge_model.fails_after = None
    asked = len(judge_model.bodies)
    assert run(session) == JudgeState.DONE
    assert len(judge_model.bodies) - asked == 4
    assert Evaluation.objects.get().attempts == []
    assert [events().count(f"evaluation.{each}") for each in ("ready", "ratings_wanted", "judged")] == [1, 1, 1]


def test_the_ai_is_asked_again_only_where_it_failed(session: InterviewSession, rosa: User, judge_model: Double) -> None:
    run(session)
    with unchanged(), pytest.raises(Conflict) as refused:
        ask_again(interview_id=session.interview_id, actor=rosa, now=timezone.now())
    assert refused.value.code == "judge_not_failed"
    stranger = UserFactory()
    with unchanged(), pytest.raises(NotFound):
        ask_again(interview_id=session.interview_id, actor=stranger, now=timezone.now())
    with unchanged(), pytest.raises(Forbidden):
        ask_again(interview_id=session.interview_id, actor=SYSTEM, now=timezone.now())


def test_without_a_model_it_cannot_be_asked(session: InterviewSession, rosa: User) -> None:
    with unchanged(), pytest.raises(Conflict) as refused:
        ask_again(interview_id=session.interview_id, actor=rosa, now=timezone.now())
    assert refused.value.code == "no_model"


def test_who_said_nothing_is_not_judged(rosa: User, judge_model: Double) -> None:
    assert rosa.company
    silent = hold(rosa.company, answers={"d1": " ", "t1": ""})
    assert run(silent) == JudgeState.NONE
    assert judge_model.bodies == []
    assert events() == ["evaluation.ratings_wanted"]


def test_the_number_of_samples_can_be_set(
    session: InterviewSession, judge_model: Double, settings: LazySettings
) -> None:
    settings.PARLEY_AI_SAMPLES = 1
    run(session)
    assert (Judgement.objects.count(), Evaluation.objects.get().samples) == (2, 1)


def answer(level: int | None, *quotes: str, turn: int = 2) -> str:
    said = [f'{{"turn": {turn}, "quote": "{quote}"}}' for quote in quotes]
    return f'{{"level": {"null" if level is None else level}, "reason": "So.", "quotes": [{", ".join(said)}]}}'


def test_a_level_without_a_quote_that_is_there_is_none(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    """Depth: proven, a fake quote, the interviewer's words: insufficient. Clarity: 2, 4, 4 → 4, and 2 apart."""
    judge_model.answers = [
        answer(5, REAL),
        answer(5, FAKE),
        answer(5, "Ask d1?", turn=1),
        answer(2, "I would ask what they", turn=4),
        answer(4, REAL, FAKE),
        answer(4, "put a queue between them."),
    ]
    run(session)
    rate(session, rosa)
    assert levels(session, rosa) == [("depth", None, None, 1), ("clarity", Fraction(4), 2, 3)]
    outcomes = Judgement.objects.filter(criterion_key="depth").order_by("sample").values_list("outcome", "level")
    assert list(outcomes) == [("level", 5), ("unproven", None), ("unproven", None)]
    assert [
        [(each["turn"], each["quote"], each["why"]) for each in row.refused]
        for row in Judgement.objects.filter(criterion_key="depth").order_by("sample")
    ] == [[], [(2, FAKE, "not_there")], [(1, "Ask d1?", "too_short")]]
    shown = seen(session, rosa)
    assert shown.result == Fraction(4)  # a criterion without a level does not count
    assert recompute(Evaluation.objects.get()).is_equal


def test_others_see_the_ai_only_after_their_own_ratings(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    run(session)
    blind = seen(session, rosa)
    assert (blind.is_blind, blind.judged, blind.result, blind.overrides) == (True, (), None, ())
    assert rate(session, rosa).was_blind
    assert not rate(session, rosa, {"depth": 1, "clarity": 1}).was_blind  # the AI's levels were seen by then
    assert seen(session, rosa).judged != ()
    hal = UserFactory(company=rosa.company)
    assert seen(session, hal).judged == ()
    settle(session, rosa)
    assert seen(session, hal).judged != ()


def test_a_person_sets_another_level_and_the_ais_stays(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    run(session)
    rate(session, rosa)
    override(session, rosa, 5)
    override(session, rosa, None, reason=" Not asked. ")
    assert [(each.level, each.reason, each.replaced_at is None) for each in Override.objects.all()] == [
        (5, "Said more.", False),
        (None, "Not asked.", True),
    ]
    shown = seen(session, rosa)
    assert [(each.criterion.key, each.level, each.source) for each in shown.levels] == [
        ("depth", None, "override"),
        ("clarity", Fraction(3), "ai"),
    ]
    assert (shown.result, shown.judged_overall) == (Fraction(3), Fraction(3))
    override(session, rosa, 5)
    assert seen(session, rosa).result == Fraction(4)
    told = [each.after or {} for each in Event.objects.filter(type="evaluation.overridden").order_by("id")]
    assert [(each["criterion"], each["level"], each["overridden_by"]) for each in told] == [
        ("depth", level, rosa.pk) for level in (5, None, 5)
    ]
    assert recompute(Evaluation.objects.get()).is_equal


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"level": 6}, "bad_level"),
        ({"level": True}, "bad_level"),
        ({"reason": "  "}, "reason_needed"),
        ({"reason": "x" * 4001}, "reason_needed"),
        ({"criterion": "wit"}, "unknown_criterion"),
    ],
    ids=["high", "bool", "no-reason", "long", "unknown"],
)
def test_what_is_no_override_is_refused(
    more: dict[str, Any], code: str, session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    run(session)
    rate(session, rosa)
    with unchanged(), pytest.raises(Invalid) as refused:
        override(session, rosa, **more)
    assert refused.value.code == code


def test_only_who_has_rated_overrides_and_not_after_the_decision(
    session: InterviewSession, rosa: User, judge_model: Double
) -> None:
    rate(session, rosa)
    with unchanged(), pytest.raises(Conflict) as refused:
        override(session, rosa)
    assert refused.value.code == "not_judged"
    run(session)
    hal, stranger = UserFactory(company=rosa.company), UserFactory()
    with unchanged(), pytest.raises(Conflict) as refused:
        override(session, hal)
    assert refused.value.code == "rate_first"
    for actor, refusal in ((stranger, NotFound), (SYSTEM, Forbidden)):
        with unchanged(), pytest.raises(refusal):
            override(session, actor)
    settle(session, rosa)
    with unchanged(), pytest.raises(Conflict) as refused:
        override(session, rosa)
    assert refused.value.code == "already_decided"


TAMPERING = {
    "level": "UPDATE evaluations_judgement SET level = 5 WHERE criterion_key = 'depth' AND sample = 2",
    "outcome": "UPDATE evaluations_judgement SET level = NULL, outcome = 'insufficient' WHERE sample = 1",
    "raw": "UPDATE evaluations_judgement SET raw = replace(raw, '3', '5') WHERE sample = 1",
    "raw-and-level": "UPDATE evaluations_judgement SET raw = replace(raw, '\"level\": 3', '\"level\": 5'), level = 5",
    "quote": "UPDATE evaluations_judgement SET found = jsonb_set(found, '{0,quote}', '\"I know all\"')",
    "place": "UPDATE evaluations_judgement SET found = jsonb_set(found, '{0,end}', '5')",
    "reason": "UPDATE evaluations_judgement SET reason = 'Brilliant.'",
    "prompt": "UPDATE evaluations_judgement SET \"user\" = replace(\"user\", 'queue', 'cache')",
    "system": "UPDATE evaluations_judgement SET system = system || ' Be generous.'",
    "no-document": "UPDATE evaluations_judgement SET \"user\" = 'x'",
    "model": "UPDATE evaluations_judgement SET model = 'better'",
    "missing": "DELETE FROM evaluations_judgement WHERE sample = 3",
    "kit": "UPDATE evaluations_judgement SET kit_version_hash = 'x'",
}


def test_levels_are_recomputed_and_tampering_is_found(session: InterviewSession, judge_model: Double) -> None:
    run(session)
    evaluation = Evaluation.objects.get()
    found = recompute(evaluation)
    assert (found.problems, found.overall) == ((), Fraction(3))
    call_command("recompute_evaluations", stdout=(out := StringIO()))
    assert out.getvalue() == "1 evaluations: all levels follow from the model's answers.\n"
    for name, statement in TAMPERING.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE evaluations_judgement DISABLE TRIGGER judgement_never_changes")
            cursor.execute(statement)
            assert cursor.rowcount > 0, name
            assert not recompute(evaluation).is_equal, name
            with pytest.raises(CommandError, match="1 of 1 evaluations"):
                call_command("recompute_evaluations", interview=session.interview_id, stdout=StringIO())
            transaction.set_rollback(True)
    assert recompute(evaluation).is_equal


def test_a_judgement_never_changes(session: InterviewSession, judge_model: Double) -> None:
    run(session)
    with unchanged(), pytest.raises(Exception, match="a judgement never changes"):
        Judgement.objects.update(level=5)


def rated_by_both(rosa: User, judge_model: Double, count: int, *, ai: Callable[[int], int]) -> list[InterviewSession]:
    """Interviews by one version that a person rated 1 to 5 blind, and the AI as ``ai`` says."""
    assert rosa.company
    version, sessions = version_of(rosa.company), []
    for number in range(count):
        level = number % 5 + 1
        session = hold(rosa.company, version=version)
        judge_model.answers = [answer(ai(level), REAL)] * 2
        run(session)
        rate(session, rosa, {"depth": level, "clarity": level})
        sessions.append(session)
    return sessions


@pytest.mark.parametrize(
    ("count", "ai", "is_advisory"),
    [(19, lambda level: level, True), (20, lambda level: level, False), (20, lambda level: 6 - level, True)],
    ids=["too-few", "enough", "no-agreement"],
)
def test_levels_are_advisory_until_people_agree_with_them(
    count: int,
    ai: Callable[[int], int],
    is_advisory: bool,
    rosa: User,
    judge_model: Double,
    settings: LazySettings,
) -> None:
    settings.PARLEY_AI_SAMPLES = 1
    sessions = rated_by_both(rosa, judge_model, count, ai=ai)
    shown = seen(sessions[0], rosa)
    assert (shown.alike.interviews, shown.is_advisory) == (count, is_advisory)
    rate(sessions[0], rosa, {"depth": 5, "clarity": 5})  # after seeing the AI's: it does not count
    assert seen(sessions[0], rosa).alike == shown.alike
    Evaluation.objects.filter(pk=shown.evaluation.pk).update(model="another")
    assert seen(sessions[0], rosa).alike.interviews == 1  # each model proves itself
