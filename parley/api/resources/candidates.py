"""``/api/candidates/``."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import KeyFilter, SearchFilter, StableOrdering
from parley.api.resource import Resource
from parley.api.serializers.hiring import (
    BulkIn,
    CandidateFormIn,
    CandidateIn,
    CandidateOut,
    ResumeData,
    ResumeIn,
    WholeCandidateFormIn,
    WholeCandidateIn,
    candidate_out,
)
from parley.api.serializers.privacy import EraseIn, ProofOut, proof_out
from parley.api.wire import FormParser, JSONParser
from parley.core.errors import DomainError, NotFound
from parley.hiring.models import Candidate
from parley.hiring.operations.candidates import (
    Upload,
    create_candidate,
    create_candidates,
    delete_candidate,
    read_upload,
    update_candidate,
)
from parley.privacy.operations.erasing import erase_candidate
from parley.privacy.operations.exporting import export_candidate

_FORMS: dict[Any, Any] = {"multipart/form-data": CandidateFormIn, "application/json": CandidateIn}
_WHOLE: dict[Any, Any] = {"multipart/form-data": WholeCandidateFormIn, "application/json": WholeCandidateIn}


class ResumeTooLarge(DomainError):
    """A resume above the limit."""

    status = 413
    code = "too_large"


class CandidateFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    job = KeyFilter(field_name="job_id")
    company = KeyFilter(field_name="company_id")
    search = SearchFilter(method="by_name_or_email")
    ordering = StableOrdering(fields=["full_name", "email", "created_at"])

    class Meta:
        model = Candidate
        fields: list[str] = []

    def by_name_or_email(self, rows: Any, name: str, value: str) -> Any:
        """Part of the name or address."""
        return rows.filter(Q(full_name__icontains=value) | Q(email__icontains=value))


class CandidateViewSet(Resource):
    """Candidates of the caller's company; all for administrators."""

    filterset_class = CandidateFilter
    serializer_class = CandidateOut
    lookup_value_converter = "int"
    queryset = Candidate.objects.none()
    parser_classes = [JSONParser, FormParser]
    _upload: Upload | DomainError | None = None  # what was read, or why it could not be

    def list(self, request: Request) -> Response:
        """List candidates."""
        rows = self._candidates().defer("resume__text").order_by("pk")
        return self.page_of(self.filter_queryset(rows), candidate_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One candidate, with the resume's text."""
        return Response(self._shown(pk))

    @extend_schema(request=_FORMS, responses={201: CandidateOut})
    def create(self, request: Request) -> Response:
        """Make a candidate, as JSON or as a form with a resume (PDF or DOCX, at most 10 MB)."""
        values, resume, _ = self._input(CandidateFormIn, None)
        candidate = create_candidate(
            company_id=values.pop("company", None),
            job_id=values.pop("job_id", None),
            fields=values,
            resume=resume,
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(candidate.pk), status=201)

    @extend_schema(request=_WHOLE, responses=CandidateOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a candidate."""
        return self._change(pk, WholeCandidateFormIn)

    @extend_schema(request=_FORMS, responses=CandidateOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a candidate."""
        return self._change(pk, CandidateFormIn)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a candidate without interviews."""
        delete_candidate(candidate_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=BulkIn, responses={201: CandidateOut(many=True)}, filters=False)
    @action(
        detail=False,
        methods=["post"],
        url_path="bulk-create",
        parser_classes=[JSONParser],
        pagination_class=None,
        filterset_class=None,
    )
    def bulk_create(self, request: Request) -> Response:
        """Make many candidates, or none."""
        values = self.input(BulkIn)
        shared: dict[str, Any] = {name: values[name] for name in ("domain", "role") if name in values}
        candidates = create_candidates(
            company_id=values.get("company"),
            job_id=values.get("job_id"),
            rows=[{**shared, **row} for row in values["candidates"]],
            actor=self.actor,
            now=self.now,
        )
        for candidate in candidates:
            candidate.resume = None  # new ones have none: saves looking for it
        return Response([candidate_out(candidate) for candidate in candidates], status=201)

    @extend_schema(request={"multipart/form-data": ResumeIn}, responses=ResumeData, filters=False)
    @action(
        detail=False,
        methods=["post"],
        parser_classes=[FormParser],
        pagination_class=None,
        filterset_class=None,
        idempotent=False,
    )
    def extract_resume(self, request: Request) -> Response:
        """Read a resume and offer what it says, without keeping anything."""
        upload = self._read(self.input(ResumeIn)["resume"])
        read = upload.read
        return Response(
            {
                "filename": upload.filename,
                "content_type": read.content_type,
                "size": len(upload.content),
                "full_name": read.full_name,
                "emails": list(read.emails),
                "phones": list(read.phones),
                "links": list(read.links),
                "text": read.text,
            }
        )

    @extend_schema(
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"): OpenApiTypes.BINARY,
        }
    )
    @action(detail=True, methods=["get"])
    def resume(self, request: Request, pk: Any) -> Any:
        """The resume's file, as it was uploaded."""
        candidate = self._candidates().seen_by(self.actor, pk=pk, thing="candidate")
        found = getattr(candidate, "resume", None)
        if found is None:
            raise NotFound.of("resume")
        try:
            content = found.file.open("rb")
        except FileNotFoundError as error:  # a backup of the database without the data folder
            raise NotFound.of("resume") from error
        return FileResponse(content, as_attachment=True, filename=found.filename, content_type=found.content_type)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: Any) -> HttpResponse:
        """All that is kept of the candidate, as a ZIP with `candidate.json` and the resume; kept in the history."""
        answer = HttpResponse(export_candidate(candidate_id=pk, actor=self.actor, now=self.now))
        answer["Content-Type"] = "application/zip"
        answer["Content-Disposition"] = f'attachment; filename="candidate-{pk}.zip"'
        return answer

    @extend_schema(request=EraseIn, responses=ProofOut)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
    def erase(self, request: Request, pk: Any) -> Response:
        """Delete all that tells who the candidate was, for ever; figures and states stay. Company users only.

        What is booked is cancelled first. The answer is the proof, also when it is called once more.
        """
        email = self.input(EraseIn)["email"]
        return Response(proof_out(erase_candidate(candidate_id=pk, email=email, actor=self.actor, now=self.now)))

    def prepare(self) -> None:
        """Read the resume, which takes a while, before a transaction is open."""
        if (file := self.request.FILES.get("resume")) is not None:
            with suppress(DomainError):  # it is raised again where it is answered, and kept
                self._read(file)

    def _input(
        self, form: type[CandidateFormIn], candidate: Candidate | None
    ) -> tuple[dict[str, Any], Upload | None, bool]:
        """The values, the resume where one is sent, and whether the one that is there shall go."""
        values = self.input(form)
        sent = values.pop("resume", "")
        if isinstance(sent, str):
            if sent and sent != (candidate_out(candidate)["resume"] if candidate else None):
                raise ValidationError({"resume": ["Send the file in a form, as multipart/form-data."]})
            return values, None, False
        return values, self._read(sent) if sent is not None else None, sent is None

    def _read(self, file: "UploadedFile[Any]") -> Upload:
        if self._upload is None:
            try:
                self._upload = _read(file)
            except DomainError as error:
                self._upload = error
        if isinstance(self._upload, DomainError):
            raise self._upload
        return self._upload

    def _change(self, pk: Any, form: type[CandidateFormIn]) -> Response:
        candidate = self._candidates().seen_by(self.actor, pk=pk, thing="candidate")
        values, resume, drop_resume = self._input(form, candidate)
        update_candidate(
            candidate_id=pk,
            company_id=values.pop("company", None),
            fields=values,
            resume=resume,
            drop_resume=drop_resume,
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(pk))

    def _candidates(self) -> Any:
        return Candidate.objects.visible_to(self.actor).select_related("resume")

    def _shown(self, pk: Any) -> dict[str, Any]:
        return candidate_out(self._candidates().seen_by(self.actor, pk=pk, thing="candidate"), with_text=True)


def _read(file: "UploadedFile[Any]") -> Upload:
    if (file.size or 0) > settings.PARLEY_MAX_RESUME_BYTES:
        raise ResumeTooLarge("A resume is at most 10 MB.", errors={"resume": ["A resume is at most 10 MB."]})
    file.seek(0)  # read before, where the request is run once more after a deadlock
    return read_upload(content=file.read(), filename=file.name or "")
