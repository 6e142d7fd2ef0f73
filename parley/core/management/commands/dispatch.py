"""``manage.py dispatch``: serve the readers of the events until SIGTERM; ``serve`` runs it."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from parley.core.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Let what follows from changes happen: mails, reminders. Safe to run on several machines."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Dispatcher(stop).run()
