"""``manage.py dispatch``: serve the readers of the events until SIGTERM; ``serve`` runs it."""

import os
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from parley.core import startup
from parley.core.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Let what follows from changes happen: mails, reminders. Safe to run on several machines."

    def handle(self, *_args: Any, **_options: Any) -> None:
        # One thread needs one connection, and none that waits for a database that has gone.
        startup.use_database(os.environ.get("DATABASE_URL", ""))
        settings.DATABASES["default"]["CONN_MAX_AGE"] = None
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Dispatcher(stop).run()
