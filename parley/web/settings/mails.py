"""Reminders, and the words of the mails to candidates."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from parley.core.errors import DomainError
from parley.notifications.models import MailPolicy, mail_policy_of
from parley.notifications.operations.policies import update_mail_policy
from parley.notifications.rendering import Rendered, preview
from parley.notifications.rules import Kind
from parley.notifications.texts import DEFAULTS, NAMES
from parley.organizations.models import User
from parley.web.app import show, tell
from parley.web.durations import written
from parley.web.settings.forms import MailsForm, TextForm
from parley.web.settings.pages import company_of, kept, manager, page


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: HttpRequest, user: User) -> HttpResponse:
    """Reminders, where answers go, and the list of mails."""
    policy = mail_policy_of(company_of(user).pk)
    reminders = ", ".join(map(written, policy.reminder_minutes))
    form = MailsForm(request.POST or None, initial={"reminder_minutes": reminders, "reply_to": policy.reply_to})
    if kept(form, lambda: _keep(user, form.cleaned_data)):
        tell(request, "The mails are saved. Reminders of bookings that are made already stay as they were.")
        return redirect("app-settings-mails")
    kinds = [(kind.value, kind.label.capitalize(), kind.value in policy.texts) for kind in Kind]
    status = 400 if form.errors else 200
    return page(request, user, "mails", {"form": form, "kinds": kinds}, here="app-settings-mails", status=status)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, user: User, kind: str) -> HttpResponse:
    """The words of one mail, and how they look."""
    if kind not in Kind.values:
        raise Http404
    policy = mail_policy_of(company_of(user).pk)
    if "usual" in request.POST:
        _keep(user, {"texts": {name: words for name, words in policy.texts.items() if name != kind}})
        tell(request, "The mail has its usual words again.")
        return redirect("app-settings-mail", kind=kind)
    form = TextForm(request.POST or None, initial=_words(policy, Kind(kind)))
    is_tried = "preview" in request.POST or bool(request.headers.get("HX-Request"))
    if not is_tried and kept(form, lambda: _keep(user, {"texts": policy.texts | {kind: form.cleaned_data}})):
        tell(request, "The words are saved. Mails that are sent from now on have them.")
        return redirect("app-settings-mail", kind=kind)
    values = {
        "form": form,
        "kind": Kind(kind),
        "is_own": kind in policy.texts,
        "names": NAMES,
        "preview": _preview(user, Kind(kind), form),
    }
    if request.headers.get("HX-Request"):
        return show(request, "web/app/settings/mail_preview.html", values)
    status = 400 if form.errors else 200
    return page(request, user, "mail", values, here="app-settings-mails", status=status)


def _keep(user: User, fields: dict[str, Any]) -> MailPolicy:
    return update_mail_policy(company_id=company_of(user).pk, fields=fields, actor=user, now=timezone.now())


def _words(policy: MailPolicy, kind: Kind) -> dict[str, str]:
    subject, body = DEFAULTS[kind]
    own: dict[str, str] = policy.texts.get(kind.value, {"subject": subject, "body": body})
    return own


def _preview(user: User, kind: Kind, form: TextForm) -> Rendered | None:
    """As it would be sent, with invented names; None where the words cannot be used, which the form then says."""
    if form.is_bound and not form.is_valid():
        return None
    words = form.cleaned_data if form.is_bound else form.initial
    try:
        return preview(company_of(user), kind, text=words, now=timezone.now())
    except DomainError as error:
        if not form.errors:
            form.refuse(error)
        return None
