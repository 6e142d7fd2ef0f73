"""What all pages of the Django admin share, and the page of the events.

The admin is for operators to look. What they change there goes through operations, like everywhere: forms
call them when they are saved, and actions for each selected row. A refusal is shown, and has changed nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from parley.core.errors import DomainError
from parley.core.models import Event

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

AT_ONCE = 500
EVENT_OBJECTS = (
    "company",
    "user",
    "job",
    "candidate",
    "configuration",
    "slot",
    "interview",
    "conflict",
    "message",
    "feed",
    "webhook",
    "waitlist",
    "token",
)

admin.site.site_header = admin.site.site_title = "Parley"
admin.site.index_title = "For operators (all times are UTC)"


class LookingAdmin(ModelAdmin):
    """Pages to look at; subclasses offer operations as actions."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = AT_ONCE

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No: operations remove what may be removed."""
        return False

    def each(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        operate: Callable[[Any, datetime], object],
        *,
        done: str,
    ) -> None:
        """Run an operation for every selected row, by its key and the time; say how many were ``done``."""
        keys = list(rows.values_list("pk", flat=True)[: AT_ONCE + 1])
        if len(keys) > AT_ONCE:
            self.message_user(request, f"Select at most {AT_ONCE} at once; nothing was changed.", messages.ERROR)
            return
        refusals: Counter[str] = Counter()
        for key in keys:
            try:
                operate(key, timezone.now())
            except DomainError as error:
                refusals[error.detail] += 1
        succeeded = len(keys) - refusals.total()
        if succeeded:
            self.message_user(request, f"{succeeded} of {len(keys)} {done}.", messages.SUCCESS)
        for detail, times in refusals.items():
            self.message_user(request, f"{times} of {len(keys)} refused: {detail}", messages.ERROR)


class OperationForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A form that leaves the database's rules to the operation, which names them better."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.instance.validate_constraints = lambda exclude=None: None

    def validate_unique(self) -> None:
        """Left to the operation, like the constraints."""


class EditingAdmin(LookingAdmin):
    """Pages with a form, whose values go to the operations ``create`` and ``update``."""

    form = OperationForm
    only_when_made: ClassVar[tuple[str, ...]] = ()  # fields that never change afterwards
    refused: ClassVar[str] = "_parley_refusal"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Those who may enter."""
        return admin.site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who may enter."""
        return admin.site.has_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """The usual ones, and for a row that is there those that never change."""
        return [*super().get_readonly_fields(request, obj), *(self.only_when_made if obj else ())]

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Model:
        """Make a row; the form's values by their names."""
        raise NotImplementedError

    def update(self, request: HttpRequest, key: Any, values: dict[str, Any]) -> None:
        """Change a row; the form's changed values by their names."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Call the operation instead of writing the row."""
        names = form.changed_data if change else form.cleaned_data
        values = {name: form.cleaned_data[name] for name in names}
        if change:
            self.update(request, obj.pk, values)
        else:
            obj.pk = self.create(request, values).pk

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Mapping[str, bool] | None = None,
    ) -> Any:
        """Django's own view without its transaction (operations open one); a refusal returns to the form."""
        try:
            return self._show_or_save(request, object_id, form_url, extra_context)
        except DomainError as error:
            setattr(request, self.refused, error)
            return self._show_or_save(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; after a refusal one that shows it."""
        form = super().get_form(request, obj, change, **kwargs)
        refusal: DomainError | None = getattr(request, self.refused, None)
        return form if refusal is None else _showing(refusal, form)

    def _show_or_save(self, *arguments: Any) -> HttpResponse:
        response: HttpResponse = self._changeform_view(*arguments)  # type: ignore[attr-defined]  # not in the stubs
        return response


def _showing(refusal: DomainError, form: Any) -> Any:
    class Refused(form):  # type: ignore[misc]  # the form is made when it is asked for
        def clean(self) -> dict[str, Any]:
            super().clean()
            for name, reasons in (refusal.errors or {"": [refusal.detail]}).items():
                self.add_error(name if name in self.fields else None, reasons)
            values: dict[str, Any] = self.cleaned_data
            return values

    return Refused


class EventObject(admin.SimpleListFilter):
    """What kind of object an event tells of; a fixed list, because the table is long."""

    title = "object"
    parameter_name = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds."""
        return [(kind, kind) for kind in EVENT_OBJECTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The events of the chosen kind."""
        return queryset.filter(object_type=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(LookingAdmin):
    """The history: it is only ever appended to."""

    list_display = ["occurred_at", "type", "object_id", "company_id", "actor", "request_id"]
    list_filter = [EventObject]
    search_fields = ["=object_id", "=request_id", "=type"]
    search_help_text = "An object's id, a request's id, or a type such as interview.booked"
    ordering = ["-id"]
    exclude = ["transaction_id"]

    @admin.display(description="by")
    def actor(self, event: Event) -> str:
        """Who did it."""
        who = f"{event.actor_kind} {event.actor_id}" if event.actor_id else event.actor_kind
        return f"{who}, acted by user {event.acting_admin_id}" if event.acting_admin_id else who
