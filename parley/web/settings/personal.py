"""What is one user's own: which notifications, and calendar feeds."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parley.core.errors import DomainError
from parley.notifications.feed_rules import Scope
from parley.notifications.feeds import feed_url
from parley.notifications.inbox_rules import USUAL, Topic, wanted
from parley.notifications.models import CalendarFeed, InboxPreferences
from parley.notifications.operations.feeds import NewAddress, create_feed, revoke_feed, rotate_feed
from parley.notifications.operations.inbox import choose_kinds
from parley.organizations.models import User
from parley.web.app import colleague, tell
from parley.web.settings.forms import FeedForm, TopicsForm
from parley.web.settings.pages import page

FEEDS = "app-settings-feeds"


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest, user: User) -> HttpResponse:
    """Which kinds one wants to be told of."""
    said = InboxPreferences.objects.filter(user_id=user.pk).first()
    now_on = [topic for topic, is_on in wanted(said.kinds if said else {}).items() if is_on]
    form = TopicsForm(request.POST if request.method == "POST" else None, initial={"topics": now_on})
    if form.is_valid():
        chosen = {topic.value: topic.value in form.cleaned_data["topics"] for topic in Topic if topic.value in USUAL}
        choose_kinds(kinds=chosen, replace=True, actor=user, now=timezone.now())
        tell(request, "Your notifications are saved.")
        return redirect("app-settings-notifications")
    values = {"form": form, "title": "Notifications"}
    status = 400 if form.errors else 200
    return page(request, user, "form", values, here="app-settings-notifications", status=status)


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest, user: User) -> HttpResponse:
    """Addresses that a calendar program looks up; a new one is shown in the answer to its form, and never again."""
    form = FeedForm(request.POST or None)
    made = None
    if form.is_valid():
        try:
            scope, name = Scope(form.cleaned_data["scope"]), form.cleaned_data["name"]
            made = create_feed(scope=scope, company_id=None, name=name, actor=user, now=timezone.now())
            form = FeedForm()
        except DomainError as error:
            form.refuse(error)
    return _feeds(request, user, form, made)


@colleague
@require_POST
def change_feed(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Give a feed another address, or end it."""
    if request.POST.get("end"):
        revoke_feed(feed_id=pk, actor=user, now=timezone.now())
        tell(request, "The feed has ended.")
        return redirect(FEEDS)
    return _feeds(request, user, FeedForm(), rotate_feed(feed_id=pk, actor=user, now=timezone.now()))


def _feeds(request: HttpRequest, user: User, form: FeedForm, made: NewAddress | None) -> HttpResponse:
    address = ""
    if made is not None:
        address = feed_url(made.token)
    rows = CalendarFeed.objects.visible_to(user).order_by("created_at", "pk")
    values = {"form": form, "feeds": rows, "made": made, "address": address}
    return page(request, user, "feeds", values, here=FEEDS, status=400 if form.errors else 200)
