"""How the system is, looked at again every quarter of a minute, and what can be done from here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.core import diagnostics
from parley.core.errors import DomainError, NotFound
from parley.core.failed_jobs import retry_job
from parley.notifications import diagnostics as mails
from parley.notifications.operations.sending import send_again
from parley.organizations.models import User
from parley.web.app import administrator, back, polled, show, tell, tell_refusal
from parley.web.platform.verdicts import problems
from parley.webhooks import diagnostics as webhooks

HERE = "app-system"


@administrator
@require_safe
def system(request: HttpRequest, user: User) -> HttpResponse:
    """The page."""
    return show(request, "web/app/platform/system.html", _found() | {"here": HERE})


@polled
@administrator
@require_safe
def present(request: HttpRequest, user: User) -> HttpResponse:
    """What the page exchanges."""
    return show(request, "web/app/platform/system_now.html", _found())


@administrator
@require_POST
def retry(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Run a failed job again."""
    try:
        task = retry_job(job_id=pk, actor=user, now=timezone.now())
        tell(request, f"{task} runs again.")
    except NotFound:
        raise
    except DomainError as error:
        tell_refusal(request, error.detail)
    return back(request, reverse(HERE))


@administrator
@require_POST
def mail_again(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Send an undelivered mail again."""
    try:
        message = send_again(message_id=pk, actor=user, now=timezone.now())
        tell(request, f"The mail to {message.recipient} is sent again.")
    except NotFound:
        raise
    except DomainError as error:
        tell_refusal(request, error.detail)
    return back(request, reverse(HERE))


def _found() -> dict[str, Any]:
    now = timezone.now()
    found, of_mails, of_webhooks = diagnostics.diagnose(now=now), mails.diagnose(now=now), webhooks.diagnose(now=now)
    return {
        "now": now,
        "found": found,
        "mails": of_mails,
        "webhooks": of_webhooks,
        "problems": problems(found, of_mails, of_webhooks, now=now),
    }
