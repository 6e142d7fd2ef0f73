"""From an event to what users are told of it. Runs inside the transaction that moves the cursor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.core.sql import execute
from parley.notifications.inbox_rules import OF_EVENT, PERSONAL, USUAL
from parley.notifications.models import InboxPreferences, Notification
from parley.organizations.models import User

# One statement, however many events and users: each active user of the event's company but the one who did it, unless
# the user wants none of the kind; what is personal, the one user alone, always. Read again, an event finds its rows.
_TELL = f"""
INSERT INTO {Notification._meta.db_table}
       (id, user_id, company_id, kind, event_id, object_type, object_id, created_at)
SELECT gen_random_uuid(), person.id, person.company_id,
       told.kind, told.event_id, told.object_type, told.object_id, %(now)s
  FROM unnest(%(event_ids)s::bigint[], %(companies)s::bigint[], %(doers)s::bigint[], %(kinds)s::text[],
              %(usual)s::boolean[], %(only)s::bigint[], %(object_types)s::text[],
              %(object_ids)s::text[])
       AS told (event_id, company_id, doer_id, kind, is_usual, only_id, object_type, object_id)
  JOIN {User._meta.db_table} person ON person.company_id = told.company_id AND person.is_active
  LEFT JOIN {InboxPreferences._meta.db_table} wish ON wish.user_id = person.id
 WHERE person.id IS DISTINCT FROM told.doer_id
   AND CASE WHEN told.only_id IS NULL THEN COALESCE((wish.kinds ->> told.kind)::boolean, told.is_usual)
            ELSE told.only_id = person.id END
 ORDER BY told.event_id, person.id
ON CONFLICT (user_id, event_id) DO NOTHING
"""  # noqa: S608 (names of our own tables)


def tell_users(events: Sequence[Event], now: datetime) -> None:
    """Make the notifications of these events, each once however often they are read."""
    told = [event for event in events if event.type in OF_EVENT and event.company_id is not None]
    if told:
        execute(_TELL, {"now": now, **_columns(told)})


def _columns(events: Sequence[Event]) -> dict[str, list[Any]]:
    kinds = [OF_EVENT[event.type].value for event in events]
    return {
        "event_ids": [event.pk for event in events],
        "companies": [event.company_id for event in events],
        "doers": [event.actor_id if event.actor_kind == "user" else None for event in events],
        "kinds": kinds,
        "usual": [USUAL.get(kind, True) for kind in kinds],
        "only": [int(event.object_id) if event.type in PERSONAL else None for event in events],
        "object_types": [event.object_type for event in events],
        "object_ids": [event.object_id for event in events],
    }


READER = Reader("inbox", tell_users)
