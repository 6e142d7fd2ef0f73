"""Ratings, decisions and what follows from them, as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import LineField, NumberField, ObjectField, TextField
from parley.api.serializers.privacy import RequestOut
from parley.api.serializers.sessions import FailedAttemptOut
from parley.conversations.rules.states import Role, TurnKind
from parley.evaluations.rules.judging import JudgeState, Outcome
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


class EvidenceOut(serializers.Serializer[Any]):
    """Words of the candidate that prove a level of the AI."""

    turn = serializers.IntegerField(help_text="The number of the turn in the transcript.")
    quote = serializers.CharField(help_text="As it is in the transcript, word for word.")


class SampleOut(serializers.Serializer[Any]):
    """One answer of the model, after the checks."""

    outcome = serializers.ChoiceField(Outcome.choices)
    level = serializers.IntegerField(allow_null=True)
    refused_quotes = serializers.IntegerField(help_text="Quotes that are not in what the candidate said.")


class OverrideIn(serializers.Serializer[Any]):
    """A level in the place of the AI's."""

    criterion = LineField(max_length=50, help_text="Its key.")
    level = NumberField(min_value=1, max_value=5, allow_null=True, help_text="null: the answers do not tell.")
    reason = TextField(max_length=LONGEST_NOTE)


class OverrideOut(serializers.Serializer[Any]):
    """A level that a person set in the AI's place, which stays beside it."""

    id = serializers.UUIDField()
    criterion = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    overridden_by = serializers.IntegerField()
    overridden_by_name = serializers.CharField()
    created_at = serializers.DateTimeField()


class CriterionLevelOut(serializers.Serializer[Any]):
    """The result of one criterion.

    ``level`` is what a person set in the AI's place, else the AI's level, else, where no AI has judged, the mean over
    the people who gave it one; ``level_by`` says which.
    """

    key = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.IntegerField()
    level = serializers.FloatField(allow_null=True)
    level_by = serializers.ChoiceField([(each, each) for each in ("ai", "override", "people")], allow_null=True)
    spread = serializers.IntegerField(
        allow_null=True, help_text="How far apart those of the AI's samples are that count."
    )
    evidence = EvidenceOut(many=True)
    insufficient = serializers.BooleanField(
        help_text="At most half of the AI's samples gave a level with a quote that is there."
    )
    reasons = serializers.ListField(child=serializers.CharField(), help_text="The AI's, one of each sample.")
    samples = SampleOut(many=True)
    override = OverrideOut(allow_null=True)
    ai_level = serializers.FloatField(allow_null=True)
    people_level = serializers.FloatField(allow_null=True)
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


class AlikeOut(AgreementOut):
    """How far people who rated blind and the AI agree. Below what is needed, the AI's levels are advisory."""

    interviews = serializers.IntegerField(help_text="That both have rated, by this version of the kit and this model.")
    interviews_needed = serializers.IntegerField()
    needed = serializers.FloatField(help_text="Of the ICC and of each kappa.")


class EvaluationOut(serializers.Serializer[Any]):
    """The results of an interview.

    While ``is_blind``, what others and the AI gave is hidden, and so is what follows from it.
    """

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
    judge = serializers.ChoiceField(JudgeState.choices, help_text="Where the AI stands.")
    judge_attempts = FailedAttemptOut(many=True, help_text="Why it has failed, where it has.")
    model = serializers.CharField(allow_null=True, help_text="That has judged; null: none.")
    samples = serializers.IntegerField(help_text="How often the AI is asked about each criterion.")
    advisory = serializers.BooleanField(
        help_text="The AI's levels have yet to prove themselves against people's ratings (`ai_agreement`)."
    )
    criteria = CriterionLevelOut(many=True)
    overall = serializers.FloatField(
        allow_null=True, help_text="The mean of the criteria's levels, each counted by its weight."
    )
    ai_overall = serializers.FloatField(allow_null=True, help_text="The same of the AI's own levels.")
    people_overall = serializers.FloatField(allow_null=True, help_text="The same of people's levels.")
    ratings_count = serializers.IntegerField()
    ratings = ReviewOut(many=True)
    decision = DecisionOut(allow_null=True)
    earlier_decisions = DecisionOut(many=True)
    agreement = AgreementOut(allow_null=True)
    requests = RequestOut(many=True, help_text="What the candidate has asked for since.")
    ai_agreement = AlikeOut(allow_null=True)


class JudgeOut(serializers.Serializer[Any]):
    """Where an evaluation and the AI stand."""

    status = serializers.ChoiceField(EvaluationState.choices)
    judge = serializers.ChoiceField(JudgeState.choices)


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
