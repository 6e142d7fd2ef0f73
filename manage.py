#!/usr/bin/env python
"""Parley's command line: ``manage.py help`` lists the commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from parley.core.embedded_postgres import EmbeddedPostgresError, ensure_database_url

# These never look into a database, so none is started for them.
WITHOUT_DATABASE = {"help", "check", "makemigrations", "spectacular", "serve", "collectstatic", "version", "--help"}


def main() -> None:
    """Run one Django command, on the embedded PostgreSQL where no server is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        _run()
    except (EmbeddedPostgresError, ImproperlyConfigured) as error:
        sys.exit(f"Parley cannot start. {error}")


def _run() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE:
        ensure_database_url()

    from django.core.management import execute_from_command_line  # noqa: PLC0415 (needs the settings module)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
