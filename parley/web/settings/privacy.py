"""How long the company keeps what candidates said, and the proofs of what was deleted."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from parley.organizations.models import User
from parley.privacy.models import DeletionProof
from parley.privacy.operations.retention import set_retention
from parley.privacy.queries import broken_proofs, months_of, proofs_of
from parley.privacy.rules.proofs import Reason
from parley.web.app import page_of, tell
from parley.web.moments import Moment
from parley.web.settings.forms import RetentionForm
from parley.web.settings.pages import company_of, kept, manager, page

HERE = "app-settings-privacy"
_KINDS = {
    "turns": "turns of conversations",
    "drafts": "drafts",
    "feedback": "texts of feedback",
    "review_notes": "notes on ratings",
    "decision_notes": "reasons of decisions",
    "requests": "requests of candidates with their answers",
    "wishes_for_a_person": "reasons for wanting a person",
    "interview_notes": "notes on interviews",
    "resumes": "resumes",
    "interviews": "notes and hours of interviews",
    "links": "links",
    "bookings": "notes on bookings",
    "conflicts": "notes on conflicts",
    "invitations": "notes on invitations",
    "mails": "addresses of mails",
    "candidates": "names with contacts",
    "import_rows": "rows of imported files",
    "texts_with_the_name": "notes with the name",
    "events": "events with personal words",
    "webhook_deliveries": "webhook deliveries",
    "admin_log": "entries of the administrators' log",
    "kept_answers": "kept answers of the API",
}


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest, user: User) -> HttpResponse:
    """The rule, and what was deleted by it or on request."""
    company = company_of(user)
    form = RetentionForm(request.POST or None, initial={"months": months_of(company.pk)})

    def act() -> object:
        months = form.cleaned_data["months"]
        return set_retention(company_id=company.pk, months=months, actor=user, now=timezone.now())

    if kept(form, act):
        months = form.cleaned_data["months"]
        tell(request, f"Saved. What is past {_months(months)} goes tonight." if months else "Saved: all is kept.")
        return redirect(HERE)
    proofs = page_of(request, proofs_of(company.pk))
    values = {
        "form": form,
        "page": proofs,
        "proofs": [_shown(each, company.zone) for each in proofs],
        "broken": broken_proofs(company.pk),
        "zone": company.zone.key,
    }
    return page(request, user, "privacy", values, here=HERE, status=400 if form.errors else 200)


def _shown(proof: DeletionProof, zone: ZoneInfo) -> dict[str, Any]:
    counts = [f"{_KINDS.get(kind, kind.replace('_', ' '))}: {count}" for kind, count in proof.counts.items()]
    is_request = proof.reason == Reason.REQUEST
    on_request = f"Candidate number {proof.rule.get('candidate')}, on request"
    rule = on_request if is_request else f"Past {_months(proof.rule['months'])}"
    return {"proof": proof, "when": Moment.of(proof.created_at, zone), "rule": rule, "counts": ", ".join(counts)}


def _months(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"
