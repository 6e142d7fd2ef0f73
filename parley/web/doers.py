"""Who did what the history tells of, in words."""

from collections.abc import Iterable, Mapping

from parley.core.models import Event
from parley.organizations.models import User


def names_of(events: Iterable[Event]) -> dict[int, str]:
    """The names of all who did something, and of the administrators who acted as them; one statement."""
    people: set[int] = set()
    for event in events:
        doer = event.actor_id if event.actor_kind == "user" else None
        people |= {key for key in (doer, event.acting_admin_id) if key is not None}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))


def doer_of(event: Event, names: Mapping[int, str]) -> str:
    """Who did it: both names where an administrator acted as somebody."""
    if event.actor_kind != "user":
        doer = "the candidate" if event.actor_kind == "candidate" else "Parley"
    else:
        doer = names.get(event.actor_id or 0, "somebody who has left")
    if event.acting_admin_id is None:
        return doer
    return f"{names.get(event.acting_admin_id, 'an administrator')}, acting as {doer}"
