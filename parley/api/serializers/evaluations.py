"""Ratings, decisions and what follows from them, as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import ObjectField, TextField
from parley.api.serializers.privacy import RequestOut
from parley.conversations.rules.states import Role, TurnKind
from parley.evaluations.rules.ratings import LONGEST_NOTE
from parley.evaluations.rules.states import EvaluationState, Verdict


class ReviewIn(serializers.Serializer[Any]):
    """A person's ratings, all criteria of the kit at once."""

    ratings = ObjectField(help_text="A level from 1 to 5 by the key of each criterion; null: the answers do not tell.")
    notes = ObjectField(required=False, help_text="Texts by the keys of criteria.")
    note = TextField(required=False, allow_blank=True, max_length=LONGEST_NOTE)


class ReviewOut(serializers.Serializer[Any]):
    """A person's ratings. ``was_blind``: given before others' were shown to them."""

    id = serializers.UUIDField()
    reviewer = serializers.IntegerField()
    reviewer_name = serializers.CharField()
    ratings = serializers.DictField(child=serializers.IntegerField(allow_null=True, min_value=1, max_value=5))
    notes = serializers.DictField(child=serializers.CharField())
    note = serializers.CharField()
    was_blind = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class DecisionIn(serializers.Serializer[Any]):
    """What is decided."""

    decision = serializers.ChoiceField(Verdict.choices)
    note = TextField(required=False, allow_blank=True, max_length=LONGEST_NOTE)


class DecisionOut(serializers.Serializer[Any]):
    """What was decided, and by whom."""

    id = serializers.UUIDField()
    decision = serializers.ChoiceField(Verdict.choices)
    note = serializers.CharField()
    decided_by = serializers.IntegerField()
    decided_by_name = serializers.CharField()
    created_at = serializers.DateTimeField()


class CriterionLevelOut(serializers.Serializer[Any]):
    """The level of one criterion: the mean over those who gave it one."""

    key = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.IntegerField()
    level = serializers.FloatField(allow_null=True)
    lowest = serializers.IntegerField(allow_null=True)
    highest = serializers.IntegerField(allow_null=True)
    ratings = serializers.IntegerField()


class AgreementOut(serializers.Serializer[Any]):
    """How far people agree who rated interviews with this version of the kit blind; null: not defined for so few."""

    interviews = serializers.IntegerField(help_text="That two or more people have rated.")
    icc = serializers.FloatField(allow_null=True, help_text="ICC(2,1) of the combined levels (Shrout and Fleiss 1979).")
    kappa = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="Cohen's kappa with quadratic weights, by criterion."
    )


class EvaluationOut(serializers.Serializer[Any]):
    """The results of an interview. While ``is_blind``, others' ratings are hidden, and so is what follows from them."""

    id = serializers.UUIDField(allow_null=True, help_text="null until somebody has rated.")
    interview = serializers.UUIDField()
    session = serializers.UUIDField()
    status = serializers.ChoiceField(EvaluationState.choices)
    kit = serializers.UUIDField()
    kit_name = serializers.CharField()
    kit_version = serializers.IntegerField()
    kit_version_hash = serializers.CharField()
    is_blind = serializers.BooleanField()
    said_deleted_at = serializers.DateTimeField(
        allow_null=True, help_text="When what was said, and what was written about it, was deleted."
    )
    criteria = CriterionLevelOut(many=True)
    overall = serializers.FloatField(
        allow_null=True, help_text="The mean of the criteria's levels, each counted by its weight."
    )
    ratings_count = serializers.IntegerField()
    ratings = ReviewOut(many=True)
    decision = DecisionOut(allow_null=True)
    earlier_decisions = DecisionOut(many=True)
    agreement = AgreementOut(allow_null=True)
    requests = RequestOut(many=True, help_text="What the candidate has asked for since.")


class SaidOut(serializers.Serializer[Any]):
    """Something that was said."""

    number = serializers.IntegerField()
    role = serializers.ChoiceField(Role.choices)
    kind = serializers.ChoiceField(TurnKind.choices)
    question = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class ResultsOut(EvaluationOut):
    """The same with candidate, job and transcript."""

    candidate = serializers.IntegerField()
    candidate_name = serializers.CharField()
    job_title = serializers.CharField(allow_null=True)
    transcript = SaidOut(many=True)
