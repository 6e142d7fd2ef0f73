"""What is kept of candidates and for how long, proofs of what was deleted, and what candidates ask for."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import LineField, NumberField, TextField
from parley.evaluations.models import CandidateRequest
from parley.evaluations.queries import Explanation
from parley.evaluations.rules.states import LONGEST_MESSAGE, LONGEST_REPLY, RequestState, Wish
from parley.privacy.models import DeletionProof
from parley.privacy.rules.proofs import Reason
from parley.privacy.rules.retention import LEAST_MONTHS, MOST_MONTHS


class RetentionOut(serializers.Serializer[Any]):
    """After how many months since an interview's end what was said in it is deleted; null: it is kept."""

    months = serializers.IntegerField(allow_null=True)


class RetentionIn(serializers.Serializer[Any]):
    """The same, to be set."""

    months = NumberField(allow_null=True, min_value=LEAST_MONTHS, max_value=MOST_MONTHS)


class ProofOut(serializers.Serializer[Any]):
    """That something was deleted. `hash` is SHA-256 over `previous_hash`, a line end, and the other members but `id`
    as JSON with sorted keys and without spaces; `ids_hash` over the lines `kind:id` of the rows, sorted."""

    id = serializers.UUIDField()
    company = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField(help_text="From 1, without a gap.")
    reason = serializers.ChoiceField(Reason.choices)
    rule = serializers.DictField(help_text="`months` of the retention, or the number of the `candidate`.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows, by kind.")
    ids_hash = serializers.CharField()
    previous_hash = serializers.CharField(help_text="Of the proof before; zeros for the first.")
    hash = serializers.CharField()
    created_at = serializers.CharField(help_text="In UTC, to the microsecond: as the hash is over it.")


def proof_out(proof: DeletionProof) -> dict[str, Any]:
    """As ``ProofOut``."""
    return proof.content() | {"id": proof.pk, "previous_hash": proof.previous_hash, "hash": proof.hash}


class EraseIn(serializers.Serializer[Any]):
    """Who it is, once more: this cannot be undone."""

    email = LineField(max_length=254, help_text="The candidate's address, as it is kept.")


class RequestOut(serializers.Serializer[Any]):
    """What a candidate asks for after the interview, and the answer."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Wish.choices)
    state = serializers.ChoiceField(RequestState.choices)
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_by = serializers.IntegerField(allow_null=True)
    answered_by_name = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class AnswerRequestIn(serializers.Serializer[Any]):
    """What the candidate shall read, as it is written."""

    kind = serializers.ChoiceField(Wish.choices)
    answer = TextField(max_length=LONGEST_REPLY)


class AskIn(serializers.Serializer[Any]):
    """What is asked for, once of each kind."""

    kind = serializers.ChoiceField(Wish.choices)
    message = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE)


class PublicRequestOut(serializers.Serializer[Any]):
    """The same as its candidate sees it."""

    kind = serializers.ChoiceField(Wish.choices)
    state = serializers.ChoiceField(RequestState.choices)
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_by_name = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


def public_request_out(request: CandidateRequest) -> dict[str, Any]:
    """As ``PublicRequestOut``."""
    plain = ("kind", "state", "message", "created_at", "answer", "answered_at")
    person = request.answered_by
    return {name: getattr(request, name) for name in plain} | {"answered_by_name": person.full_name if person else None}


class AskedAboutOut(serializers.Serializer[Any]):
    """What an interview is about."""

    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)


class ExplanationOut(serializers.Serializer[Any]):
    """What an interview asked about. People read the answers and decide; no levels are told."""

    language = serializers.CharField(help_text="Of the criteria (BCP 47).")
    criteria = AskedAboutOut(many=True)
    decided_by = serializers.ChoiceField(["people"])
    said_deleted_at = serializers.DateTimeField(allow_null=True, help_text="When what was said was deleted.")
    requests = PublicRequestOut(many=True)


def explanation_out(explanation: Explanation) -> dict[str, Any]:
    """As ``ExplanationOut``."""
    return {
        "language": explanation.kit.language,
        "criteria": [{"name": each.name, "description": each.description} for each in explanation.kit.criteria],
        "decided_by": "people",
        "said_deleted_at": explanation.session.said_deleted_at,
        "requests": [public_request_out(each) for each in explanation.requests],
    }
