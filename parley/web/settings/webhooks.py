"""Receivers of webhooks, and what was sent to them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parley.core.errors import DomainError
from parley.core.throttling import count
from parley.organizations.models import User
from parley.web.app import page_of, tell, tell_refusal
from parley.web.settings.forms import WebhookForm
from parley.web.settings.pages import company_of, kept, manager, page
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.deliveries import TEST_RATE, recover, replay, send_test
from parley.webhooks.operations.endpoints import create_endpoint, delete_endpoint, rotate_secret, update_endpoint
from parley.webhooks.rules.retries import State

HERE = "app-settings-webhooks"
RECOVERED = timedelta(days=30)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, user: User) -> HttpResponse:
    """The list, and a form for one more; its secret is shown in the answer, and never again."""
    form = WebhookForm(request.POST or None)
    made: list[Any] = []
    if kept(form, lambda: made.extend(_create(user, form))):
        return _secret(request, user, made[0], made[1])
    rows = WebhookEndpoint.objects.visible_to(user).order_by("created_at", "pk")
    values = {"form": form, "webhooks": rows}
    return page(request, user, "webhooks", values, here=HERE, status=400 if form.errors else 200)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """One of them: what it hears, how it does, and its deliveries."""
    endpoint = _seen(user, pk)
    names = ("url", "description", "events", "is_active")
    form = WebhookForm(request.POST or None, initial={name: getattr(endpoint, name) for name in names})
    if kept(form, lambda: _update(user, pk, form)):
        tell(request, "The webhook is saved.")
        return redirect("app-webhook", pk=pk)
    rows = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-created_at", "pk")
    state = request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    values = {
        "endpoint": endpoint,
        "form": form,
        "page": page_of(request, rows, size=25),
        "states": State.choices,
        "state": state,
    }
    return page(request, user, "webhook", values, here=HERE, status=400 if form.errors else 200)


@manager
@require_POST
def test(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Send a trial."""
    endpoint = _seen(user, pk)
    if (wait := count(f"webhook-test:{endpoint.pk}", rate=TEST_RATE, now=timezone.now())) is not None:
        tell_refusal(request, f"Too many tests: try again in {wait} seconds.")
        return redirect("app-webhook", pk=pk)

    def act() -> str:
        send_test(endpoint_id=pk, actor=user, now=timezone.now())
        return "A test is on its way: its result shows below in a moment."

    return _done(request, pk, act)


@manager
@require_POST
def secret(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Another secret, shown in this answer alone."""
    _seen(user, pk)
    endpoint, new = rotate_secret(endpoint_id=pk, actor=user, now=timezone.now())
    return _secret(request, user, endpoint, new)


@manager
@require_POST
def recover_failed(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Deliver again all that has failed and is still kept."""
    _seen(user, pk)
    now = timezone.now()

    def act() -> str:
        number = recover(endpoint_id=pk, since=now - RECOVERED, actor=user, now=now)
        return f"Deliveries that are tried again: {number}."

    return _done(request, pk, act)


@manager
@require_POST
def remove(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Remove it with all its deliveries."""
    _seen(user, pk)
    delete_endpoint(endpoint_id=pk, actor=user, now=timezone.now())
    tell(request, "The webhook is removed.")
    return redirect(HERE)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, user: User, pk: UUID, delivery: UUID) -> HttpResponse:
    """What was sent, and each answer; a POST sends it again."""
    endpoint = _seen(user, pk)
    rows = WebhookDelivery.objects.filter(endpoint=endpoint)
    found = rows.seen_by(user, pk=delivery, thing="delivery")
    if request.method == "POST":

        def act() -> str:
            replay(endpoint_id=pk, delivery_id=delivery, actor=user, now=timezone.now())
            return "It is sent again."

        return _done(request, pk, act)
    values = {"endpoint": endpoint, "delivery": found, "attempts": found.tries.order_by("number")}
    return page(request, user, "delivery", values, here=HERE)


def _seen(user: User, pk: UUID) -> WebhookEndpoint:
    return WebhookEndpoint.objects.all().seen_by(user, pk=pk, thing="webhook")


def _create(user: User, form: WebhookForm) -> tuple[WebhookEndpoint, str]:
    return create_endpoint(company_id=company_of(user).pk, actor=user, now=timezone.now(), **form.cleaned_data)


def _update(user: User, pk: UUID, form: WebhookForm) -> None:
    changed = {name: form.cleaned_data[name] for name in form.changed_data}
    update_endpoint(endpoint_id=pk, fields=changed, actor=user, now=timezone.now())


def _secret(request: HttpRequest, user: User, endpoint: WebhookEndpoint, new: str) -> HttpResponse:
    return page(request, user, "webhook_secret", {"endpoint": endpoint, "secret": new}, here=HERE)


def _done(request: HttpRequest, pk: UUID, act: Any) -> HttpResponse:
    try:
        tell(request, act())
    except DomainError as error:
        tell_refusal(request, error.detail)
    return redirect(reverse("app-webhook", args=[pk]))
