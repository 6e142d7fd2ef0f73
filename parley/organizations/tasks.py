"""Background work about people."""

from django.conf import settings
from django.core.mail import send_mail
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from parley.organizations.models import User
from parley.organizations.operations.users import invitation_token


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
