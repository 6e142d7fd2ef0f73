"""Who may enter, and how often somebody may try to, wherever: in the API, the pages and the admin together."""

import hashlib
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings

from parley.core.emails import canonical_email
from parley.core.throttling import Rate, count, give_back
from parley.organizations.models import User

# From one address, whoever is asked for; a single account's limit is PARLEY_THROTTLE_LOGIN.
PER_ADDRESS = 20


def may_enter(user: User) -> bool:
    """Whether this user may use Parley now: both the user and the company are active."""
    return user.is_active and (user.company is None or user.company.is_active)


def second_factor_refuses(user: User, code: str) -> bool:
    """Whether ``user`` has a second factor that ``code`` does not satisfy; a recovery code is used up by it."""
    factors = list(Authenticator.objects.filter(user_id=user.pk))
    return bool(factors) and not any(factor.wrap().validate_code(code) for factor in factors)


def count_attempt(*, address: str, email: str, now: datetime) -> int | None:
    """Count an attempt before the password is looked at: many at the same time are no way round the limit.

    None while within the limits, else the seconds to wait after too many failures for this account from this
    address, or from it at all.
    """
    waits = [count(bucket, rate=rate, now=now) for bucket, rate in _buckets(address, email).items()]
    return max((wait for wait in waits if wait is not None), default=None)


def forgive_attempt(*, address: str, email: str, now: datetime) -> None:
    """The attempt counted at ``now`` was good: only failures count in the end."""
    for bucket, rate in _buckets(address, email).items():
        give_back(bucket, rate=rate, now=now)


def count_invitation(company_id: int | None, *, now: datetime) -> int | None:
    """Count a mail that asks somebody to join, so that nobody writes to the whole world from here.

    None while within the limit of the company, else the seconds to wait. Administrators have none.
    """
    if company_id is None:
        return None
    return count(f"invite:{company_id}", rate=Rate.parse(settings.PARLEY_THROTTLE["invite"]), now=now)


def _buckets(address: str, email: str) -> dict[str, Rate]:
    rate = Rate.parse(settings.PARLEY_THROTTLE["login"])
    account = hashlib.sha256(canonical_email(email).encode()).hexdigest()[:32]
    return {
        f"login:{address}:{account}": rate,
        f"login:{address}": Rate(rate.limit * PER_ADDRESS, rate.seconds),
    }
