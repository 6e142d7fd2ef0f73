"""Ratings and decisions are those of a named person."""

from parley.core.actors import Actor
from parley.core.errors import Forbidden


def refuse_nobody(actor: Actor) -> int:
    """The id of the user who acts; raises ``Forbidden`` where it is no user."""
    if actor.actor_id is None:
        raise Forbidden("Only a person can rate, decide or answer.", code="person_needed")
    return actor.actor_id
