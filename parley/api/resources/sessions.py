"""``/api/public/interviews/{link}/session/`` and what belongs to it: the interview as its candidate meets it."""

from collections.abc import Callable, Iterator

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resources.public import LinkEndpoint
from parley.api.serializers.sessions import (
    AnswerIn,
    ConsentIn,
    DraftIn,
    FeedbackIn,
    FeedbackOut,
    HumanIn,
    PublicSessionOut,
    PublicTurnOut,
    feedback_out,
    public_session_out,
    public_turn_out,
)
from parley.api.wire import to_json
from parley.conversations.models import Turn
from parley.conversations.operations.answering import answer_question, save_draft
from parley.conversations.operations.asking import ask_for_human, give_feedback
from parley.conversations.operations.ending import finish_session
from parley.conversations.operations.opening import start_session
from parley.conversations.operations.speaking import reply_to, resume
from parley.conversations.queries import kit_of_session
from parley.interviews.links import open_link
from parley.interviews.queries import policy_of
from parley.llm.calling import Again

EVENTS = "text/event-stream"


class _SessionEndpoint(LinkEndpoint):
    def shown(self, link: str) -> Response:
        """The session as it stands, with the interviewer's turn made where it is missing."""
        now = self.now
        opened, _ = open_link(link, now=now)
        policy = policy_of(opened.interview.company_id)
        return Response(public_session_out(resume(opened.interview, now=now), policy, now=now))


class PublicSession(_SessionEndpoint):
    """The session."""

    @extend_schema(responses=PublicSessionOut, auth=[])
    def get(self, request: Request, link: str) -> Response:
        """The interview as it stands: what was said, the draft, the time that is left."""
        return self.shown(link)


class PublicStart(_SessionEndpoint):
    """Beginning."""

    @extend_schema(request=ConsentIn, responses=PublicSessionOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Begin, between `join_from` and `join_until`; it comes with the first question."""
        values = self.input(ConsentIn)
        version, accepted = values["consent_version"], values["accepted"]
        start_session(token=link, consent_version=version, accepted=accepted, now=self.now)
        return self.shown(link)


class PublicDraft(LinkEndpoint):
    """The draft of an answer."""

    @extend_schema(request=DraftIn, responses={204: None}, auth=[])
    def put(self, request: Request, link: str) -> Response:
        """Keep what is being written, until the answer is sent."""
        values = self.input(DraftIn)
        save_draft(token=link, text=values["text"], turn_id=values.get("turn"), now=self.now)
        return Response(status=204)


class PublicAnswers(LinkEndpoint):
    """Answering."""

    idempotent = False  # ``client_id`` is the key, and the answer is on disk before the interviewer goes on

    @extend_schema(
        request=AnswerIn,
        responses={(200, "application/json"): PublicTurnOut, (200, EVENTS): OpenApiTypes.STR},
        auth=[],
    )
    def post(self, request: Request, link: str) -> HttpResponseBase:
        """Answer the open question: the interviewer's next turn, or the answer itself where the interview is over.

        With `Accept: text/event-stream` it comes as it is said: an event `turn` (the answer as it is kept), events
        `delta` (`{"text"}`), and `done` with the whole turn. After an event `again` the texts before it are void: the
        model has failed in the middle of a sentence. The same `client_id` again changes nothing and gives
        the same. Where another answer was given already, it is refused with `answered_already`.
        """
        values, now = self.input(AnswerIn), self.now
        answer = answer_question(
            token=link, client_id=values["client_id"], text=values["text"], turn_id=values.get("turn"), now=now
        )
        kit = kit_of_session(answer.session)

        def out(turn: Turn) -> dict[str, object]:
            return public_turn_out(turn, kit)

        if EVENTS in request.headers.get("Accept", ""):
            stream = StreamingHttpResponse(_events(answer, reply_to(answer, now=now), out), content_type=EVENTS)
            stream["X-Accel-Buffering"] = "no"
            return stream
        said = [each for each in reply_to(answer, now=now) if isinstance(each, Turn)]
        return Response(out(said[-1] if said else answer))


class PublicFinish(_SessionEndpoint):
    """Ending."""

    @extend_schema(request=None, responses=PublicSessionOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """End the interview before everything is asked; what was answered counts."""
        finish_session(token=link, now=self.now)
        return self.shown(link)


class PublicHuman(_SessionEndpoint):
    """Asking for a person."""

    @extend_schema(request=HumanIn, responses=PublicSessionOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Ask for a human interview instead: the company is told. An interview that runs goes on until it is ended."""
        ask_for_human(token=link, message=self.input(HumanIn).get("message", ""), now=self.now)
        return self.shown(link)


class PublicFeedback(LinkEndpoint):
    """Feedback."""

    @extend_schema(request=FeedbackIn, responses=FeedbackOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Say what you thought of the interview, once it is over; said again, it replaces what was said."""
        values = self.input(FeedbackIn)
        feedback = give_feedback(token=link, rating=values["rating"], text=values.get("text", ""), now=self.now)
        return Response(feedback_out(feedback))


def _events(
    answer: Turn, words: Iterator[str | Again | Turn], out: Callable[[Turn], dict[str, object]]
) -> Iterator[bytes]:
    """What is said, as server-sent events."""
    yield _event("turn", out(answer))
    last = answer
    for each in words:
        if isinstance(each, Turn):
            last = each
        elif isinstance(each, Again):
            yield _event("again", {})
        else:
            yield _event("delta", {"text": each})
    yield _event("done", {"turn": out(last)})


def _event(name: str, data: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), to_json(data))
