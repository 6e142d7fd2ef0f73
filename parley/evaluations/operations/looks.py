"""Each look at what a candidate said, or how it was rated, is kept in the history."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.models import Interview


@operation
def note_look(*, interview_id: UUID, what: str, actor: Actor, now: datetime) -> None:
    """Keep that the actor looked at ``what``: ``results``, ``report`` or ``export``; raises ``NotFound``."""
    interview = Interview.objects.all().seen_by(actor, pk=interview_id, thing="interview")
    change = Change(
        type="interview.results_viewed", object_id=interview.pk, company_id=interview.company_id, after={"what": what}
    )
    record(change, actor=actor, now=now)
