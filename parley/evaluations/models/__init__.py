"""The tables."""

from parley.evaluations.models.evaluation import Decision, Evaluation, Review
from parley.evaluations.models.judgement import Judgement, Override

__all__ = ["Decision", "Evaluation", "Judgement", "Override", "Review"]
