"""Background work about people."""

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from parley.organizations.logins import may_enter
from parley.organizations.models import User
from parley.organizations.operations.impersonation import end_overdue
from parley.organizations.operations.passwords import reset_token
from parley.organizations.operations.users import invitation_token


@app.periodic(cron="*/5 * * * *")
@app.task(name="organizations.end_impersonations", queueing_lock="organizations.end_impersonations", pass_context=False)
def end_impersonations(timestamp: int) -> None:
    """Write into the history that acting as somebody is over, where nobody has come back since."""
    end_overdue(now=timezone.now())


@app.task(name="organizations.send_invitation", retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def send_invitation(*, user_id: int) -> None:
    """Mail an invited colleague the way in; does nothing once the invitation is accepted or withdrawn."""
    user = User.objects.select_related("company").filter(pk=user_id, invited_at__isnull=False, is_active=True).first()
    if user is None:
        return
    where = user.company.name if user.company else "Parley"
    send_mail(
        subject=f"Join {where} on Parley".replace("\n", " ").replace("\r", " "),
        message=(
            f"Hello {user.full_name},\n\n"
            f"you are invited to join {where} on Parley. Choose a password here within seven days:\n\n"
            f"{settings.PARLEY_BASE_URL}/join/{invitation_token(user)}/\n"
        ),
        from_email=None,
        recipient_list=[user.email],
    )


@app.task(name="organizations.send_password_reset", retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def send_password_reset(*, user_id: int) -> None:
    """Mail somebody the way to a new password; does nothing for those who may not enter any more."""
    user = User.objects.select_related("company").filter(pk=user_id, invited_at__isnull=True).first()
    if user is None or not may_enter(user):
        return
    send_mail(
        subject="Choose a new password for Parley",
        message=(
            f"Hello {user.full_name},\n\n"
            "somebody, most likely you, has asked for a new password. Choose it here within an hour:\n\n"
            f"{settings.PARLEY_BASE_URL}/password/new/{reset_token(user)}/\n\n"
            "If that was not you, there is nothing to do: your password stays as it is.\n"
        ),
        from_email=None,
        recipient_list=[user.email],
    )
