"""``manage.py load_demo``: two invented companies to look around in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from parley.core.errors import DomainError
from parley.demo.content import PASSWORD
from parley.demo.interviews import open_room
from parley.demo.loading import end_known_logins, known_logins, load_demo


class Command(BaseCommand):
    help = "Load the demo data (two invented companies), unless they are there; refuses in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--end-logins",
            action="store_true",
            help="load nothing; end the access of those with the known password",
        )
        parser.add_argument("--if-empty", action="store_true", help="only where there is no company and no user")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["end_logins"]:
            if ended := end_known_logins(now=timezone.now()):
                self.stdout.write(f"Ended the access of {ended} demo logins, whose password everybody knows.")
            return
        if settings.PRODUCTION:
            raise CommandError("Demo data have well-known passwords: they are never loaded in production.")
        try:
            loaded = load_demo(if_empty=options["if_empty"], now=timezone.now())
        except DomainError as error:
            raise CommandError(error.detail) from error
        logins = known_logins()
        if not logins:
            self.stdout.write("No demo data were loaded: there are companies or users already.")
            return
        self.stdout.write("Demo data are loaded." if loaded else "Demo data are there already.")
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        for user in logins:
            where = user.company.name if user.company else "all companies"
            self.stdout.write(f"  {user.email:24}{user.role:16}{where}")
        if (room := open_room(now=timezone.now())) is not None:
            path, minutes = room
            self.stdout.write(f"An interview to take as its candidate, within {minutes} minutes:")
            self.stdout.write(f"  {settings.PARLEY_BASE_URL}{path}")
