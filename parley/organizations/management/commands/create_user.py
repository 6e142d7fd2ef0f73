"""``manage.py create_user``: make or update a user, for operators and scripts."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import connection
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.core.errors import DomainError
from parley.organizations.models import Company, Role, User
from parley.organizations.operations.companies import create_company
from parley.organizations.operations.users import make_or_update_user


class Command(BaseCommand):
    help = "Make a user, or set the password, role and company of the one with this e-mail address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--password",
            help="asked for where it is left out: on a command line others may see it; one that begins with a dash is"
            " written --password=…",
        )
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--company", help="id or name; a name that is not there yet makes the company")
        parser.add_argument("--full-name")
        parser.add_argument("--timezone", default="UTC", help="of a company that is made (default UTC)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if User._meta.db_table not in connection.introspection.table_names():
            call_command("migrate", verbosity=0)  # a script may make users before the first start
        try:
            validate_email(options["email"])
            company = self._company(options)
            password = options["password"] or getpass.getpass(f"Password for {options['email']}: ")
            if not password:
                raise CommandError("A password is needed.")
            user, made = make_or_update_user(
                email=options["email"],
                password=password,
                role=options["role"],
                company=company,
                full_name=options["full_name"],
                now=timezone.now(),
            )
        except EOFError as error:
            raise CommandError("A password is needed: --password, or type it when asked.") from error
        except ValidationError as error:
            raise CommandError(f"--email {options['email']!r}: {' '.join(error.messages)}") from error
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{'Made' if made else 'Updated'} user {user.pk}: {user.email} ({user.role}).")

    def _company(self, options: dict[str, Any]) -> Company | None:
        if options["role"] == Role.ADMIN:
            if options["company"]:
                raise CommandError("An administrator belongs to no company: leave --company out.")
            return None
        given = options["company"]
        if not given:
            raise CommandError(f"--company is needed for the role {options['role']}.")
        found = (
            Company.objects.filter(**({"pk": int(given)} if given.isdigit() else {"name": given}))
            .order_by("id")
            .first()
        )
        if found is None and given.isdigit():
            raise CommandError(f"There is no company with the id {given}.")
        return found or create_company(
            name=given,
            email=options["email"],
            timezone=options["timezone"],
            password=None,
            actor=SYSTEM,
            now=timezone.now(),
        )
