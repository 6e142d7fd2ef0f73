"""Making and ending calendar feeds."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from parley.core.acting import refuse_while_acting
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.links import hash_link
from parley.notifications.feed_rules import MOST_FEEDS, USE_NOTED_EVERY, Scope
from parley.notifications.models import CalendarFeed
from parley.organizations.models import Company, User
from parley.organizations.tenancy import company_for


@dataclass(frozen=True)
class NewAddress:
    """A feed with its secret, which is shown this once."""

    feed: CalendarFeed
    token: str


@operation
def create_feed(*, scope: Scope, company_id: int | None, name: str, actor: User, now: datetime) -> NewAddress:
    """Make a feed; administrators name the company. Raises ``Conflict`` (``too_many_feeds``) for one too many."""
    refuse_while_acting()
    company_id = company_for(actor, named=company_id)
    if not Company.objects.filter(pk=company_id).exists():
        raise Invalid.field("company", "There is no such company.", code="company_not_found")
    User.objects.get_queryset().select_for_update(no_key=True).get(pk=actor.pk)  # two at once are counted both
    if CalendarFeed.objects.visible_to(actor).count() >= MOST_FEEDS:
        raise Conflict(f"There are {MOST_FEEDS} feeds already: revoke one that nobody uses.", code="too_many_feeds")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        user=actor, company_id=company_id, scope=scope, name=name, token_hash=hash_link(token), created_at=now
    )
    feed.save(force_insert=True)
    _tell("feed.created", feed, actor=actor, now=now)
    return NewAddress(feed, token)


@operation
def rotate_feed(*, feed_id: UUID, actor: Actor, now: datetime) -> NewAddress:
    """Give a feed another address; the one before ends at once."""
    refuse_while_acting()
    feed = _locked(feed_id, actor=actor)
    token = secrets.token_urlsafe(32)
    feed.token_hash, feed.last_used_at = hash_link(token), None
    feed.save(update_fields=["token_hash", "last_used_at"])
    _tell("feed.rotated", feed, actor=actor, now=now)
    return NewAddress(feed, token)


@operation
def revoke_feed(*, feed_id: UUID, actor: Actor, now: datetime) -> None:
    """End a feed."""
    feed = _locked(feed_id, actor=actor)
    _tell("feed.revoked", feed, actor=actor, now=now)
    feed.delete()


@operation
def note_use(*, feed_id: UUID, now: datetime) -> None:
    """Remember that a calendar has asked, to some minutes: calendars ask often, and reading shall not be writing."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    CalendarFeed.objects.filter(stale, pk=feed_id).update(last_used_at=now)


def _locked(feed_id: UUID, *, actor: Actor) -> CalendarFeed:
    return CalendarFeed.objects.select_for_update(no_key=True, of=("self",)).seen_by(actor, pk=feed_id, thing="feed")


def _tell(event: str, feed: CalendarFeed, *, actor: Actor, now: datetime) -> None:
    state = {"scope": str(feed.scope), "user_id": feed.user_id}
    is_over = event == "feed.revoked"
    change = Change(
        type=event,
        object_id=feed.pk,
        company_id=feed.company_id,
        before=state if is_over else None,
        after=None if is_over else state,
    )
    record(change, actor=actor, now=now)
