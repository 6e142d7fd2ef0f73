"""The system account that runs the server. PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from parley.core.embedded_postgres.errors import EmbeddedPostgresError

UNPRIVILEGED = ("postgres", "_postgres", "nobody")
# The caller's PG* variables would redirect the server and its tools; the rest they do not need.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class RunAs(TypedDict, total=False):
    """The arguments of subprocess that switch to another account."""

    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True)
class Account:
    """A user of this machine, by number."""

    name: str
    uid: int
    gid: int

    @property
    def run_as(self) -> RunAs:
        """What subprocess needs to run a program as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through the folder. It tries, so that access lists count too."""
        return self._succeeds("/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))

    def can_run(self, program: Path) -> bool:
        """Whether this account can start the program, and load its libraries."""
        return self._succeeds(str(program), "--version")

    def own(self, path: Path) -> None:
        """Give the file or folder to this account."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _succeeds(self, *command: str) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 (a fixed program, and paths of ours)
                command,
                check=False,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                **self.run_as,
            )
        except OSError:
            return False
        return done.returncode == 0


def by_uid(uid: int) -> Account | None:
    """Return the account of that number; None where the machine knows no such user (initdb needs one)."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def for_new_data(owner_uid: int) -> Account:
    """Return who shall run a new server, below a folder that ``owner_uid`` owns.

    Everyone runs it as themselves. Root runs it as the owner of the folder, or where that is root, as an
    existing account without rights. Raises EmbeddedPostgresError where root may not become anyone else.
    """
    own_uid = os.geteuid()
    if own_uid != 0:
        return Account("", own_uid, os.getegid())
    if owner_uid != 0 and (owner := by_uid(owner_uid)) and owner.can_enter(Path("/")):
        return owner
    for account in filter(None, map(_by_name, UNPRIVILEGED)):
        if account.can_enter(Path("/")):
            return account
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and this process cannot become another user. "
        "Start Parley as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or newer."
    )


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
