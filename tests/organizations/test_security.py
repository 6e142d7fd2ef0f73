"""What administrators do for the security of users, and that one of them is always left."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from parley.core.errors import Conflict, Forbidden
from parley.core.models import Event
from parley.organizations.models import Role, User
from parley.organizations.operations.companies import open_company
from parley.organizations.operations.security import end_logins, reset_second_factor, send_password_mail
from parley.organizations.operations.users import update_user
from tests.api.tenants import unchanged
from tests.factories import AdminFactory, UserFactory
from tests.live import all_at_once, client, live_server

Operation = Callable[..., Any]


@pytest.mark.django_db
@pytest.mark.parametrize("operate", [end_logins, reset_second_factor, send_password_mail])
def test_nobody_else_does_it(operate: Operation) -> None:
    user = UserFactory()
    Authenticator.objects.create(user_id=user.pk, type="totp", data={})
    for role in (Role.COMPANY, Role.RECRUITER):
        actor = UserFactory(company=user.company, role=role)
        with unchanged(), pytest.raises(Forbidden):
            operate(user_id=user.pk, actor=actor, now=timezone.now())


@pytest.mark.django_db
def test_nobody_else_opens_a_company() -> None:
    actor = UserFactory()
    with unchanged(), pytest.raises(Forbidden):
        open_company(
            name="N",
            email="n@example.com",
            timezone="UTC",
            member_name="M",
            member_email="m@example.com",
            actor=actor,
            now=timezone.now(),
        )


@pytest.mark.django_db
def test_the_last_administrator_stays() -> None:
    one, other = AdminFactory(), AdminFactory()
    update_user(user_id=one.pk, is_active=False, actor=other, now=timezone.now())
    with unchanged(), pytest.raises(Conflict) as refused:  # as if ``one`` had asked before losing access
        update_user(user_id=other.pk, is_active=False, actor=one, now=timezone.now())
    assert refused.value.code == "last_admin"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_others_access_leave_one() -> None:
    one, other = AdminFactory(), AdminFactory()
    with live_server(workers=2) as address, client(address, one) as as_one, client(address, other) as as_other:
        all_at_once(
            [
                partial(as_one.patch, f"/users/{other.pk}/", json={"is_active": False}),
                partial(as_other.patch, f"/users/{one.pk}/", json={"is_active": False}),
            ]
        )
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1
    assert Event.objects.filter(type="user.updated").count() == 1
