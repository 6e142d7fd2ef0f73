"""What users do with their notifications, and when these go.

That somebody has read something is no event: it concerns nobody else, and the history would be full of it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from parley.core.acting import acting_admin
from parley.core.actors import Actor
from parley.core.errors import NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.notifications.inbox_rules import ALWAYS_ON, KEPT_READ, KEPT_UNREAD, wanted
from parley.notifications.models import InboxPreferences, Notification
from parley.notifications.models.inbox import InboxQuerySet
from parley.organizations.models import User


@operation
def mark_read(*, notification_id: UUID, actor: Actor, now: datetime) -> Notification:
    """Mark one as read; one that is read already stays as it is. Raises ``NotFound`` for what is not the actor's."""
    rows = Notification.objects.visible_to(actor).filter(pk=notification_id)
    _markable(rows).update(read_at=now)
    found = rows.first()
    if found is None:
        raise NotFound.of("notification")
    return found


@operation
def mark_all_read(*, until: datetime | None, actor: Actor, now: datetime) -> int:
    """Mark what came up to ``until``, that instant included, or all; returns how many. What came later stays unread."""
    rows = _markable(Notification.objects.visible_to(actor))
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    return rows.update(read_at=now)


@operation
def choose_kinds(*, kinds: Mapping[str, bool], replace: bool, actor: User, now: datetime) -> dict[str, bool]:
    """Say which kinds the actor wants from now on; returns all of them.

    With ``replace`` the kinds that are not named go back to what is usual, else they stay as they were.
    """
    User.objects.get_queryset().select_for_update(no_key=True).get(pk=actor.pk)  # two choices, one after the other
    row = InboxPreferences.objects.filter(user_id=actor.pk).first()
    said = dict(row.kinds) if row is not None else {}
    chosen = dict(kinds) if replace else said | dict(kinds)
    if wanted(chosen) != wanted(said):
        _record(said, chosen, actor=actor, now=now)
    InboxPreferences(user_id=actor.pk, kinds=chosen, updated_at=now).save(force_insert=row is None)
    return wanted(chosen)


@operation
def forget_old(*, now: datetime) -> int:
    """Remove notifications that were read long ago, or that nobody will read any more; returns how many."""
    over = Q(read_at__lt=now - KEPT_READ) | Q(created_at__lt=now - KEPT_UNREAD)
    old = Notification.objects.filter(over, created_at__lt=now - KEPT_READ)  # the index knows the age alone
    return old.delete()[0]


def _markable(rows: InboxQuerySet) -> InboxQuerySet:
    """The unread ones, but that nobody who acts as a user marks as read that somebody does."""
    unread = rows.filter(read_at__isnull=True)
    return unread if acting_admin() is None else unread.exclude(kind__in=ALWAYS_ON)


def _record(said: dict[str, bool], chosen: dict[str, bool], *, actor: User, now: datetime) -> None:
    change = Change(
        type="user.notifications_chosen",
        object_id=actor.pk,
        company_id=actor.company_id,
        before={"kinds": wanted(said)},
        after={"kinds": wanted(chosen)},
    )
    record(change, actor=actor, now=now)
