"""Turns what an operator writes in the environment into Django's settings."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SECRET_KEY_CHARACTERS = 32
PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "insecure",
    "placeholder",
    "your-secret",
    "example",
    "secret",
    "for-checks",
)
DIFFERENT_CHARACTERS = 10  # a random key has more
MAKE_A_KEY = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
POOL_WAIT_SECONDS = 20
MAIL_TIMEOUT_SECONDS = 15
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder, closed to others; root's lets its database's user through."""
    with suppress(FileExistsError):
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True)


def secret_key(*, given: str, production: bool, data_dir: Path) -> str:
    """Return the key that signs sessions and links.

    On a developer's machine a missing one is made once and kept in ``<data_dir>/secret_key``. Raises
    ImproperlyConfigured in production for a missing, short or well-known key, and where it cannot be kept.
    """
    if production:
        _refuse_weak(given)
    if given:
        return given
    try:
        return _kept_secret_key(data_dir)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Parley cannot keep its secret key in {data_dir} ({error.strerror}). "
            "Set PARLEY_DATA_DIR to a folder that you own, or set SECRET_KEY."
        ) from error


def refuse_debug(debug: bool, *, production: bool) -> None:
    """Raise ImproperlyConfigured for debug pages in production: they show settings and data to everybody."""
    if debug and production:
        raise ImproperlyConfigured("PARLEY_DEBUG shows settings and data to everybody: never in production.")


def database_from_url(url: str, *, pool_size: int) -> dict[str, Any]:
    """Return Django's database entry for a PostgreSQL URL, or for libpq's ``host=… dbname=…`` form.

    Each process keeps at most ``pool_size`` connections; 0 means one a thread, closed after each request.
    Without a URL the entry is one that no command can query. Raises ImproperlyConfigured.
    """
    if not url:
        return {"ENGINE": "django.db.backends.dummy", "NAME": ""}
    options = _connection_options(url)
    if pool_size < 0:
        raise ImproperlyConfigured("PARLEY_DB_POOL is the number of connections a process keeps: 0 or more.")
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname", ""),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "CONN_MAX_AGE": 0,  # Django allows a pool with this value alone
        "OPTIONS": options,
    }
    # Django's own value would switch prepared statements off altogether; its cursors do not prepare anyway.
    options.setdefault("prepare_threshold", 5)
    if not entry["NAME"] and "service" not in options:
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://user:password@host:5432/parley")
    if pool_size:
        options["pool"] = {"min_size": 0, "max_size": pool_size, "timeout": POOL_WAIT_SECONDS}
        entry["CONN_HEALTH_CHECKS"] = True  # else a connection that the server closed while idle fails a request
    return entry


def mail_from_url(url: str, *, data_dir: Path) -> dict[str, object]:
    """Return Django's mail settings for ``smtp://``, ``smtp+tls://`` (STARTTLS) or ``smtps://user:password@host:port``.

    Without a URL each message becomes a file in ``<data_dir>/mail``. Raises ImproperlyConfigured.
    """
    if not url:
        with suppress(OSError):  # Django would make it open to others, and messages hold personal links
            make_data_dir(data_dir)
            (data_dir / "mail").mkdir(mode=0o700)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(data_dir / "mail"),
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {error}.") from error
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587 (or smtp://, smtps://).")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": MAIL_TIMEOUT_SECONDS,
    }


def _refuse_weak(key: str) -> None:
    if not key:
        raise ImproperlyConfigured(f"In production SECRET_KEY must be set. {MAKE_A_KEY}")
    if len(key) < SECRET_KEY_CHARACTERS:
        raise ImproperlyConfigured(f"SECRET_KEY is shorter than {SECRET_KEY_CHARACTERS} characters. {MAKE_A_KEY}")
    if any(word in key.lower() for word in PLACEHOLDERS) or len(set(key)) < DIFFERENT_CHARACTERS:
        raise ImproperlyConfigured(f"SECRET_KEY is a placeholder that others know too. {MAKE_A_KEY}")


def _kept_secret_key(data_dir: Path) -> str:
    path = data_dir / "secret_key"
    with suppress(FileNotFoundError):
        return path.read_text()
    make_data_dir(data_dir)
    descriptor, made = tempfile.mkstemp(prefix=".secret_key-", dir=data_dir)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        if os.geteuid() == 0:  # the owner of the folder shall be able to go on without root
            owner = data_dir.stat()
            os.chown(made, owner.st_uid, owner.st_gid)
        with suppress(FileExistsError):  # of processes that start at once, the first one's key is everybody's
            os.link(made, path)
    finally:
        Path(made).unlink()
    return path.read_text()


def _connection_options(url: str) -> dict[str, Any]:
    if "://" in url and not url.startswith(("postgres://", "postgresql://")):
        scheme = url.partition("://")[0]
        raise ImproperlyConfigured(f"DATABASE_URL is for {scheme}: Parley needs PostgreSQL, postgresql://…")
    try:
        return dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {str(error).strip()}.") from error
