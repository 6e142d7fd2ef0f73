"""``/api/companies/``, ``/api/users/`` and ``/api/jobs/``."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import FlagFilter, KeyFilter, SearchFilter
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.budgets import BudgetIn, BudgetOut, budget_out
from parley.api.serializers.hiring import JobIn, JobOut, job_out
from parley.api.serializers.messages import MailPolicyIn, MailPolicyOut, PreviewIn, PreviewOut, mail_policy_out
from parley.api.serializers.people import (
    BrandingIn,
    BrandingOut,
    CompanyChangeIn,
    CompanyIn,
    CompanyOut,
    LogoIn,
    UserChangeIn,
    UserIn,
    UserOut,
    branding_out,
    company_out,
    user_out,
)
from parley.api.serializers.privacy import ProofOut, RetentionIn, RetentionOut, proof_out
from parley.api.serializers.public import PolicyIn, PolicyOut, policy_out
from parley.api.wire import FormParser, JSONParser
from parley.core.errors import Forbidden
from parley.hiring.models import Job
from parley.hiring.operations.jobs import create_job, delete_job, update_job
from parley.interviews import queries
from parley.interviews.operations.policies import update_policy
from parley.llm.operations import set_budget
from parley.notifications.models import mail_policy_of
from parley.notifications.operations.policies import update_mail_policy
from parley.notifications.rendering import preview
from parley.notifications.rules import Kind
from parley.organizations.logins import count_invitation
from parley.organizations.models import Company, Role, User
from parley.organizations.operations.branding import update_branding
from parley.organizations.operations.companies import create_company, update_company
from parley.organizations.operations.users import add_user, invite_again, update_user
from parley.organizations.rules.pictures import read_upload
from parley.privacy.operations.retention import set_retention
from parley.privacy.queries import months_of, proofs_of


class CompanyViewSet(Resource):
    """Companies: the own one, or all for administrators."""

    serializer_class = CompanyOut
    lookup_value_converter = "int"
    queryset = Company.objects.none()

    def list(self, request: Request) -> Response:
        """List companies."""
        return self.page_of(Company.objects.visible_to(self.actor).order_by("pk"), company_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One company."""
        return Response(company_out(Company.objects.all().seen_by(self.actor, pk=pk, thing="company")))

    @extend_schema(request=CompanyIn, responses={201: CompanyOut})
    def create(self, request: Request) -> Response:
        """Make a company (administrators); with a password, its first company user, too."""
        if not self.actor.sees_all:
            raise Forbidden("Only administrators create companies.")
        values = self.input(CompanyIn)
        company = create_company(
            name=values["name"],
            email=values["email"],
            timezone=values["timezone"],
            password=values.get("password"),
            actor=self.actor,
            now=self.now,
        )
        return Response(company_out(company), status=201)

    @extend_schema(request=CompanyChangeIn, responses=CompanyOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a company (its company users, administrators)."""
        values = self.input(CompanyChangeIn)
        return Response(company_out(update_company(company_id=pk, actor=self.actor, now=self.now, **values)))

    @extend_schema(request=CompanyChangeIn, responses=CompanyOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a company."""
        return self.update(request, pk)

    @extend_schema(methods=["GET"], responses=PolicyOut)
    @extend_schema(methods=["PATCH"], request=PolicyIn, responses=PolicyOut)
    @action(detail=True, methods=["get", "patch"])
    def scheduling(self, request: Request, pk: Any) -> Response:
        """What candidates may do with their personal links, and until when."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "PATCH":
            update_policy(company_id=company.pk, fields=self.input(PolicyIn), actor=self.actor, now=self.now)
        return Response(policy_out(queries.policy_of(company.pk)))

    @extend_schema(methods=["GET"], responses=MailPolicyOut)
    @extend_schema(methods=["PATCH"], request=MailPolicyIn, responses=MailPolicyOut)
    @action(detail=True, methods=["get", "patch"])
    def mails(self, request: Request, pk: Any) -> Response:
        """Reminders, reply address and own words of the mails to candidates."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "PATCH":
            update_mail_policy(company_id=company.pk, fields=self.input(MailPolicyIn), actor=self.actor, now=self.now)
        return Response(mail_policy_out(mail_policy_of(company.pk)))

    @extend_schema(methods=["GET"], responses=RetentionOut)
    @extend_schema(methods=["PATCH"], request=RetentionIn, responses=RetentionOut)
    @action(detail=True, methods=["get", "patch"])
    def retention(self, request: Request, pk: Any) -> Response:
        """How long what was said in interviews is kept; what is older is deleted each night."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "PATCH":
            months = self.input(RetentionIn)["months"]
            set_retention(company_id=company.pk, months=months, actor=self.actor, now=self.now)
        return Response({"months": months_of(company.pk)})

    @extend_schema(methods=["GET"], responses=BudgetOut)
    @extend_schema(methods=["PATCH"], request=BudgetIn, responses=BudgetOut)
    @action(detail=True, methods=["get", "patch"])
    def ai_budget(self, request: Request, pk: Any) -> Response:
        """What the company may use of language models in a month (administrators set it), and what it has used."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "PATCH":
            set_budget(company_id=company.pk, limits=self.input(BudgetIn), actor=self.actor, now=self.now)
        return Response(budget_out(company, now=self.now))

    @extend_schema(responses=ProofOut(many=True))
    @action(detail=True, methods=["get"])
    def deletions(self, request: Request, pk: Any) -> Response:
        """The proofs of what was deleted, the latest first: each is chained to the one before."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        return self.page_of(proofs_of(company.pk), proof_out)

    @extend_schema(methods=["GET"], responses=BrandingOut)
    @extend_schema(methods=["PATCH"], request=BrandingIn, responses=BrandingOut)
    @action(detail=True, methods=["get", "patch"])
    def branding(self, request: Request, pk: Any) -> Response:
        """How candidates see the company, and which sites may show its booking page in a frame."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "GET":
            return Response(branding_out(company.brand))
        fields = self.input(BrandingIn)
        return Response(branding_out(update_branding(company_id=pk, fields=fields, actor=self.actor, now=self.now)))

    @extend_schema(methods=["PUT"], request={"multipart/form-data": LogoIn}, responses=BrandingOut)
    @extend_schema(methods=["DELETE"], responses={204: None})
    @action(detail=True, methods=["put", "delete"], parser_classes=[FormParser, JSONParser])
    def logo(self, request: Request, pk: Any) -> Response:
        """Show another logo (PNG, JPEG or WebP, at most 512 KB), or none."""
        Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        if request.method == "DELETE":
            update_branding(company_id=pk, fields={}, drop_logo=True, actor=self.actor, now=self.now)
            return Response(status=204)
        picture = read_upload(self.input(LogoIn)["logo"])
        branding = update_branding(company_id=pk, fields={}, logo=picture, actor=self.actor, now=self.now)
        return Response(branding_out(branding))

    @extend_schema(request=PreviewIn, responses=PreviewOut)
    @action(detail=True, methods=["post"], idempotent=False)
    def mail_preview(self, request: Request, pk: Any) -> Response:
        """A mail as it would be sent, with invented names."""
        company = Company.objects.all().seen_by(self.actor, pk=pk, thing="company")
        values = self.input(PreviewIn)
        shown = preview(company, Kind(values["kind"]), text=values.get("text"), now=self.now)
        return Response({"subject": shown.subject, "text": shown.text, "html": shown.html})


class UserFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    role = django_filters.ChoiceFilter(choices=Role.choices)
    company = KeyFilter(field_name="company_id")

    class Meta:
        model = User
        fields: list[str] = []


class UserViewSet(Resource):
    """Colleagues: of the own company, or all users for administrators."""

    filterset_class = UserFilter
    serializer_class = UserOut
    lookup_value_converter = "int"
    queryset = User.objects.none()

    def list(self, request: Request) -> Response:
        """List colleagues."""
        return self.page_of(self.filter_queryset(self._users()), user_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One colleague."""
        return Response(self._shown(pk))

    @extend_schema(request=UserIn, responses={201: UserOut})
    def create(self, request: Request) -> Response:
        """Add a colleague: with a password at once, without one invited by e-mail."""
        values = self.input(UserIn)
        if not values.get("password"):
            self._count_invitation()
        user = add_user(
            email=values["email"],
            full_name=values["full_name"],
            role=values["role"],
            company_id=values.get("company"),
            password=values.get("password"),
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(user.pk), status=201)

    @extend_schema(request=UserChangeIn, responses=UserOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a colleague's name, role or access."""
        values = self.input(UserChangeIn)
        refuse_move(values, self._users().seen_by(self.actor, pk=pk, thing="user").company_id)
        update_user(user_id=pk, actor=self.actor, now=self.now, **values)
        return Response(self._shown(pk))

    @extend_schema(request=UserChangeIn, responses=UserOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a colleague."""
        return self.update(request, pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """End a colleague's access; the row stays, as the history names it."""
        update_user(user_id=pk, actor=self.actor, now=self.now, is_active=False)
        return Response(status=204)

    @extend_schema(request=None, responses=UserOut)
    @action(detail=True, methods=["post"])
    def invite_again(self, request: Request, pk: Any) -> Response:
        """Send an invitation once more; the one before ends."""
        self._count_invitation()
        invite_again(user_id=pk, actor=self.actor, now=self.now)
        return Response(self._shown(pk))

    def _count_invitation(self) -> None:
        if (wait := count_invitation(self.actor.company_id, now=self.now)) is not None:
            raise Throttled(wait=wait)

    def _users(self) -> Any:
        return User.objects.visible_to(self.actor).select_related("company").order_by("pk")

    def _shown(self, pk: Any) -> dict[str, Any]:
        return user_out(self._users().seen_by(self.actor, pk=pk, thing="user"))


class JobFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    is_active = FlagFilter()
    company = KeyFilter(field_name="company_id")
    search = SearchFilter(field_name="job_title", lookup_expr="icontains")

    class Meta:
        model = Job
        fields: list[str] = []


class JobViewSet(Resource):
    """Jobs of the caller's company; of all companies for administrators."""

    filterset_class = JobFilter
    serializer_class = JobOut
    lookup_value_converter = "int"
    queryset = Job.objects.none()

    def list(self, request: Request) -> Response:
        """List jobs."""
        return self.page_of(self.filter_queryset(Job.objects.visible_to(self.actor).order_by("pk")), job_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One job."""
        return Response(job_out(Job.objects.all().seen_by(self.actor, pk=pk, thing="job")))

    @extend_schema(request=JobIn, responses={201: JobOut})
    def create(self, request: Request) -> Response:
        """Make a job."""
        values = self.input(JobIn)
        job = create_job(company_id=values.pop("company", None), fields=values, actor=self.actor, now=self.now)
        return Response(job_out(job), status=201)

    @extend_schema(request=JobIn, responses=JobOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a job."""
        return self._change(pk, self.input(JobIn))

    @extend_schema(request=JobIn, responses=JobOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a job."""
        return self._change(pk, self.input(JobIn, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a job that nothing refers to."""
        delete_job(job_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    def _change(self, pk: Any, values: dict[str, Any]) -> Response:
        refuse_move(values, Job.objects.all().seen_by(self.actor, pk=pk, thing="job").company_id)
        return Response(job_out(update_job(job_id=pk, fields=values, actor=self.actor, now=self.now)))
