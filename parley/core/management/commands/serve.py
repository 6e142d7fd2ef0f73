"""``manage.py serve``: everything that a running Parley needs, in one command."""

import io
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections

from parley.core import startup
from parley.core.embedded_postgres import EmbeddedPostgresError, ensure_database_url
from parley.core.startup import StartupError
from parley.core.supervisor import STOP_SIGNALS, Program, Supervisor

STOP_JOBS_SECONDS = 10  # shorter than the supervisor's patience
CONNECTIONS_PER_WORKER = 512  # at once, idle ones included; the next wait to be accepted
PATIENT_SECONDS = 30.0
BEHIND_ANSWERS = 19  # nobody waits for mails and periodic work; somebody waits for each answer


class Command(BaseCommand):
    help = "Run Parley: its database where DATABASE_URL names none, migrations, demo data, web server and jobs."
    requires_system_checks = []  # migrate makes them, and nothing may look for a database before there is one

    def handle(self, *_args: Any, **_options: Any) -> None:
        for number in (
            signal.SIGTERM,
            signal.SIGINT,
        ):  # also where a shell had it ignored for a background job
            signal.signal(number, signal.default_int_handler)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.default_int_handler)
        try:
            code = self._serve(host=os.environ.get("HOST") or "127.0.0.1", port=settings.PORT)
        except (StartupError, EmbeddedPostgresError) as error:
            sys.stderr.write(f"Parley cannot start. {error}\n")
            code = 1
        except KeyboardInterrupt:
            code = 0
        for number in STOP_SIGNALS:  # the rest, at exit, is to stop the database: that takes no hurry
            signal.signal(number, signal.SIG_IGN)
        if code == 0:
            self._say("Parley has stopped.")
        sys.exit(code)

    def _serve(self, *, host: str, port: int) -> int:
        startup.check_data_dir(settings.PARLEY_DATA_DIR)
        startup.check_port(host, port)
        url = self._database()
        self._say("Applying migrations …")
        try:
            with startup.migration_lock(url):
                call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise StartupError(f"The migrations could not be applied: {error}") from error
        logins = self._demo() or self._first_steps()
        connections.close_all()
        supervisor = Supervisor([_web(host, port), _jobs(), _dispatcher()], say=self._say)
        self._say("Starting web server and jobs …")
        return supervisor.run(is_ready=_Readiness(self, host, port), when_ready=lambda: self._announce(logins))

    def _database(self) -> str:
        if not os.environ.get("DATABASE_URL"):
            self._say("Starting PostgreSQL …")
            url = ensure_database_url()
            startup.use_database(url)
            return url
        url = os.environ["DATABASE_URL"]
        self._say("Waiting for PostgreSQL …")
        startup.check_database(url)
        startup.use_database(url)
        return url

    def _demo(self) -> str:
        """Load the demo data into an empty database; return what the command says of them (the logins).

        In production their logins are ended instead, where an earlier start has made them: everybody knows them.
        """
        if "load_demo" not in get_commands():
            return ""
        if settings.PRODUCTION:
            call_command("load_demo", end_logins=True, stdout=self.stdout)
        if not settings.PARLEY_DEMO:
            return ""
        self._say("Checking demo data …")
        said = io.StringIO()
        call_command("load_demo", if_empty=True, stdout=said)
        return said.getvalue().rstrip()

    def _first_steps(self) -> str:
        """What to do where nobody can log in yet."""
        if get_user_model().objects.filter(is_active=True).exists():
            return ""
        return (
            "Nobody can log in yet. Make the first administrator:\n"
            f"  {_as_typed(sys.executable)} manage.py create_user --email you@example.org --role admin"
        )

    def _announce(self, logins: str) -> None:
        self._say(f"Parley is ready: {settings.PARLEY_BASE_URL}  (API pages at /api/docs/, admin at /admin/)")
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            shown = "in the data folder" if settings.PRODUCTION else "shown at /mails/"
            self._say(f"No mail server is set (EMAIL_URL): mails become files, {shown}")
        if logins:
            self._say(logins)

    def _say(self, line: str) -> None:
        with suppress(OSError):  # whoever read the output has gone: no reason to stop
            self.stdout.write(line)
            self.stdout.flush()


def _as_typed(program: str) -> str:
    """A path as one would type it in the project's folder."""
    path = Path(program)
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else program


class _Readiness:
    """Asks the web server whether it is there, and speaks up once where that takes long."""

    def __init__(self, command: Command, host: str, port: int) -> None:
        self.command, self.host, self.port = command, host, port
        self.patient_until = time.monotonic() + PATIENT_SECONDS

    def __call__(self) -> bool:
        answer = startup.health(self.host, self.port)
        if answer != "200" and time.monotonic() > self.patient_until:
            self.patient_until = float("inf")
            self.command._say(f"Still waiting for /healthz on port {self.port}; it says: {answer}")
        return answer == "200"


def _web(host: str, port: int) -> Program:
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": port,
        "--workers": settings.WEB_WORKERS,
        "--blocking-threads": settings.WEB_THREADS + settings.WEB_WAITING,
        "--backpressure": CONNECTIONS_PER_WORKER,
        "--workers-kill-timeout": STOP_JOBS_SECONDS,
        "--log-level": "error",
        "--working-dir": settings.BASE_DIR,
    }
    named = [str(part) for pair in options.items() for part in pair]
    flags = ["--no-ws", "--respawn-failed-workers"]
    return Program("web server", [sys.executable, "-m", "granian", *named, *flags, "config.wsgi:application"])


def _jobs() -> Program:
    options = {
        "--concurrency": settings.PARLEY_WORKERS,
        "--shutdown-graceful-timeout": STOP_JOBS_SECONDS,
        "--delete-jobs": "successful",  # periodic ones would pile up; failed ones stay to be looked at
    }
    named = [str(part) for pair in options.items() for part in pair]
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "procrastinate", "worker", *named]
    return Program("job worker", command, niceness=BEHIND_ANSWERS)


def _dispatcher() -> Program:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "dispatch"]
    return Program("dispatcher", command, niceness=BEHIND_ANSWERS)
