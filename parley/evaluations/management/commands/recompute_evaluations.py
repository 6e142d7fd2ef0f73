"""``manage.py recompute_evaluations``: whether each level of the AI follows from what the model answered."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from parley.evaluations.judgements import recompute
from parley.evaluations.models import Evaluation
from parley.evaluations.rules.judging import JudgeState


class Command(BaseCommand):
    help = (
        "Derive the AI's levels once more from the raw answers that are kept, and say where they are not what is shown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interview", type=UUID, help="of this interview alone; left out, of all")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = Evaluation.objects.filter(judge_state=JudgeState.DONE, session__said_deleted_at__isnull=True)
        rows = rows.order_by("created_at", "pk")
        if options["interview"]:
            rows = rows.filter(interview=options["interview"])
        checked, wrong = 0, 0
        for evaluation in rows.iterator():
            found = recompute(evaluation)
            checked, wrong = checked + 1, wrong + (not found.is_equal)
            for problem in found.problems:
                self.stdout.write(f"interview {evaluation.interview_id}: {problem}")
        if wrong:
            raise CommandError(f"{wrong} of {checked} evaluations are not what the model's answers say.")
        self.stdout.write(f"{checked} evaluations: all levels follow from the model's answers.")
