"""The tables."""

from parley.evaluations.models.evaluation import CandidateRequest, Decision, Evaluation, Review
from parley.evaluations.models.judgement import Judgement, Override

__all__ = ["CandidateRequest", "Decision", "Evaluation", "Judgement", "Override", "Review"]
