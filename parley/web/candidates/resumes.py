"""Resumes: read before anything is kept, and downloaded."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import DomainError, NotFound
from parley.hiring.models import Candidate
from parley.hiring.resumes import Resume
from parley.organizations.models import User
from parley.web.app import colleague, show
from parley.web.candidates.forms import CandidateForm, read_file

NAMES = {"full_name": "name", "email": "e-mail address", "phone": "phone"}


@colleague
@require_POST
def read_resume(request: HttpRequest, user: User) -> HttpResponse:
    """The form's other fields, with what the resume says where they were empty. Keeps nothing."""
    values = {name: request.POST.get(name, "") for name in CandidateForm.base_fields if name != "resume"}
    file = request.FILES.get("resume")
    refusal, filled = "", list[str]()
    if file is not None:
        try:
            filled = _fill(values, read_file(file).read)
        except DomainError as error:
            refusal = error.detail if "resume" not in error.errors else error.errors["resume"][0]
    said = {"refusal": refusal, "filled": [NAMES[name] for name in filled], "is_chosen": file is not None}
    form = CandidateForm(user=user, initial=values)
    return show(request, "web/app/candidates/found.html", {"form": form, **said})


@colleague
@require_safe
def download(request: HttpRequest, user: User, pk: int) -> Any:
    """The file as it was uploaded."""
    rows = Candidate.objects.select_related("resume").defer("resume__text")
    found = getattr(rows.seen_by(user, pk=pk, thing="candidate"), "resume", None)
    if found is None:
        raise NotFound.of("resume")
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:  # a backup of the database without the data folder
        raise NotFound.of("resume") from error
    return FileResponse(content, as_attachment=True, filename=found.filename, content_type=found.content_type)


def _fill(values: dict[str, str], read: Resume) -> list[str]:
    """Fill what is empty; returns which."""
    found = {
        "full_name": read.full_name or "",
        "email": read.emails[0] if read.emails else "",
        "phone": read.phones[0] if read.phones else "",
    }
    filled = [name for name, text in found.items() if text and not values.get(name)]
    values.update({name: found[name] for name in filled})
    return filled
