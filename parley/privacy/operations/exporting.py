"""Taking along what is kept about a candidate; each time is in the history."""

from datetime import datetime

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Candidate
from parley.privacy.export import archive_of


@operation
def export_candidate(*, candidate_id: int, actor: Actor, now: datetime) -> bytes:
    """The ZIP of a candidate whom the actor may see; raises ``NotFound``. Others' ratings are in it: blindness ends."""
    rows = Candidate.objects.select_related("resume")
    candidate = rows.seen_by(actor, pk=candidate_id, thing="candidate")
    change = Change(type="candidate.exported", object_id=candidate.pk, company_id=candidate.company_id)
    record(change, actor=actor, now=now)
    return archive_of(candidate, now=now)
