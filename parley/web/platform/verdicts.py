"""What is wrong with the system, in plain words, and what to do about it: pure functions over what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.core.diagnostics import Diagnosis
from parley.notifications.diagnostics import Mails
from parley.webhooks.diagnostics import OfCompany

SLOW = timedelta(minutes=5)  # until then something may just be busy
LITTLE_DISK = 0.10  # of the whole


@dataclass(frozen=True)
class Problem:
    """What is wrong, and what to do."""

    what: str
    do: str


def problems(found: Diagnosis, mails: Mails, webhooks: list[OfCompany], *, now: datetime) -> list[Problem]:
    """The worst first; none where all is well."""
    return [*_stopped(found, now), *_lost(found, mails, webhooks, now), *_short(found)]


def _stopped(found: Diagnosis, now: datetime) -> list[Problem]:
    told = []
    if found.workers == 0:
        told.append(
            Problem(
                "No worker takes jobs: no mail is sent, and no slots are made.",
                "Start the worker, or look into its log why it ends. manage.py serve starts it with the rest.",
            )
        )
    if found.missing_migrations:
        told.append(
            Problem(
                f"The database is not up to date: {_number(len(found.missing_migrations), 'migration')} missing.",
                "Run manage.py migrate with the version that is installed, then restart.",
            )
        )
    if any(_is_old(reader.oldest, now) for reader in found.readers):
        told.append(
            Problem(
                "Events are not followed up: mails, notifications and webhooks come late.",
                "See that manage.py dispatch runs, and that no transaction stays open for long on this server.",
            )
        )
    if found.workers and any(_is_old(task.oldest, now) for task in found.tasks):
        told.append(
            Problem(
                "Jobs have been waiting for more than five minutes.",
                "Let more of them run at a time (PARLEY_WORKERS), or start a worker on another machine.",
            )
        )
    overdue = [each.task for each in found.scheduled if each.is_overdue]
    if overdue and found.workers:
        told.append(Problem(f"Scheduled jobs did not begin: {', '.join(overdue)}.", "Restart the worker."))
    return told


def _lost(found: Diagnosis, mails: Mails, webhooks: list[OfCompany], now: datetime) -> list[Problem]:
    told = []
    failed = sum(task.failed for task in found.tasks)
    if failed:
        told.append(
            Problem(
                f"{_number(failed, 'job')} failed for good.",
                "The log says why, under the number of the job. Mend the cause, then run them again below.",
            )
        )
    if mails.undelivered:
        told.append(
            Problem(
                f"{_number(mails.undelivered, 'mail')} could not be delivered.",
                "Where the mail server refuses all of them, check EMAIL_URL; then send them again below.",
            )
        )
    if _is_old(mails.oldest, now):
        told.append(Problem("Mails have been due for more than five minutes.", "See that the worker runs."))
    failing = [each.company for each in webhooks if each.failing or each.switched_off]
    if failing:
        told.append(
            Problem(
                f"Webhooks fail: {', '.join(failing)}.",
                "Their receivers do not answer as they should: tell the companies. Nothing else waits for them.",
            )
        )
    return told


def _short(found: Diagnosis) -> list[Problem]:
    storage = found.storage
    if storage.disk_free >= storage.disk_total * LITTLE_DISK:
        return []
    return [
        Problem(
            "The disk of the data folder is almost full.",
            "Make room before it is full: then nothing can be booked any more.",
        )
    ]


def _is_old(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > SLOW


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
