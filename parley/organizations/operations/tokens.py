"""Tokens for programs, which people make under a name."""

from datetime import datetime, timedelta

from knox.models import AuthToken

from parley.core.acting import refuse_while_acting
from parley.core.actors import Actor
from parley.core.errors import Conflict, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.models import ApiToken, User

MOST_TOKENS = 50


@operation
def create_token(*, name: str, lasts: timedelta | None, actor: User, now: datetime) -> tuple[ApiToken, str]:
    """Make a token that may do what its maker may; None lasts until it is revoked.

    Returns it with its secret, which is never shown again. Raises ``Conflict`` (``too_many_tokens``), and
    ``Forbidden`` (``acting``) for an administrator who acts as the user.
    """
    refuse_while_acting()
    User.objects.get_queryset().select_for_update(no_key=True).get(pk=actor.pk)  # two at once are counted both
    if ApiToken.objects.visible_to(actor).count() >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} tokens: revoke one that nothing uses.", code="too_many_tokens")
    token, secret = AuthToken.objects.create(user=actor, expiry=lasts)
    named = ApiToken(token=token, name=name)
    named.save(force_insert=True)
    _tell("token.created", named, actor=actor, now=now)
    return named, secret


@operation
def revoke_token(*, token_id: int, actor: Actor, now: datetime) -> None:
    """End a token at once."""
    named = ApiToken.objects.visible_to(actor).select_related("token").filter(pk=token_id).first()
    if named is None:
        raise NotFound.of("token")
    _tell("token.revoked", named, actor=actor, now=now)
    named.token.delete()


def _tell(event: str, named: ApiToken, *, actor: Actor, now: datetime) -> None:
    after = {"expires_at": named.token.expiry}
    change = Change(type=event, object_id=named.pk, company_id=actor.company_id, after=after)
    record(change, actor=actor, now=now)
