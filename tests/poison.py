"""Markup in every text that people could have written."""

from typing import Any

from django.apps import apps
from django.db import models

# What programs read, and what would not be there with a tag in it: addresses are checked wherever they come in.
NOT_TEXT = {
    "core.Event": {"type", "object_type", "object_id", "actor_kind", "request_id"},
    "organizations.Company": {"email", "timezone"},
    "organizations.User": {"password", "email"},
    "hiring.Candidate": {"email", "phone", "poc_email"},
    "hiring.Resume": {"kind", "content_type", "file"},
    "organizations.Branding": {"accent", "logo_name"},
    "organizations.Logo": {"name"},
    "conversations.KitVersion": {"content_hash"},
    "conversations.InterviewSession": {"consent_version"},
    "privacy.DeletionProof": {"ids_hash", "previous_hash", "hash"},
    "evaluations.CandidateRequest": {"answer"},  # one that is open has none
    "conversations.Turn": {"question_key", "client_id", "interviewer", "model"},
    "interviews.AIInterviewConfiguration": {"timezone", "holidays"},
    "interviews.InterviewLink": {"token_hash", "nonce", "timezone"},
    "interviews.InterviewConflict": {"cause"},
    "interviews.InvitationRow": {"code"},
    "notifications.CalendarFeed": {"token_hash"},
    "notifications.Notification": {"kind", "object_type", "object_id"},
    "notifications.Message": {"kind", "key", "recipient"},
    "notifications.MailPolicy": {"reply_to"},
    "webhooks.WebhookDelivery": {"type", "body"},
}


def poison() -> None:
    """Put ``<x-evil onclick=x>Model.field</x-evil>'"&amp;`` into every text of every row."""
    for model in apps.get_models():
        if not model.__module__.startswith("parley."):
            continue
        spared = NOT_TEXT.get(model._meta.label, set())
        texts = {
            field.name: _markup(model, field)
            for field in model._meta.fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in spared
            and (field.max_length or 999) >= len(_markup(model, field)) + 8
        }
        if texts:
            for pk in model._default_manager.values_list("pk", flat=True):
                # The names of kits differ, so each text ends with its row.
                own = {name: text + str(pk)[:8] for name, text in texts.items()}
                model._default_manager.filter(pk=pk).update(**own)


def _markup(model: type[models.Model], field: "models.Field[Any, Any]") -> str:
    scheme = "https://hooks.example.com/" if field.name == "url" else ""
    return f"{scheme}<x-evil onclick=x>{model.__name__}.{field.name}</x-evil>'\"&amp;"
