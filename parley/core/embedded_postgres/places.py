"""Where a server's data, socket and programs are, and which account runs it.

The modes of folders that are not Parley's own are never changed. Where root keeps Parley in a closed folder,
the account that runs the server cannot get in: then the data live under an open place that belongs to root,
and the file ``postgres.location`` in Parley's data folder says where.
"""

import contextlib
import hashlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from parley.core.embedded_postgres import accounts
from parley.core.embedded_postgres.accounts import Account
from parley.core.embedded_postgres.errors import EmbeddedPostgresError
from parley.core.embedded_postgres.programs import programs_for

OPEN_PLACE = Path("/var/lib/parley")
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's own limit is 103 (macOS) or 107 (Linux)
SOCKET_NAME = ".s.PGSQL.5432"

logger = logging.getLogger("parley.embedded_postgres")


@dataclass(frozen=True)
class Place:
    """A server's folder: ``data`` and the socket's folder are the account's, the rest is the starter's."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """The PostgreSQL data folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.home / "server.log"

    @property
    def users_lock(self) -> Path:
        """Shared by every process that uses the server."""
        return self.home / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper, which stops the server after its last user."""
        return self.home / "keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the keeper and by every process of the server."""
        return self.home / "server.lock"

    @cached_property
    def programs(self) -> Path:
        """The folder of PostgreSQL programs that the account can run."""
        return programs_for(self.account, open_place)

    @cached_property
    def socket_folder(self) -> Path:
        """A folder that only the account (and root) can enter, with a path short enough for a socket."""
        folder = self.home / "run"
        if _fits(folder):
            return _private_folder(folder, self.account)
        note = self.home / "socket_folder"
        if note.exists() and _is_private(noted := Path(note.read_text()), self.account):
            return noted
        folder = _new_short_folder(self.account)
        write_file(note, str(folder))
        return folder

    def url(self, database: str) -> str:
        """Return what libpq needs to connect to that database."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder), safe='/')}&port=5432"


def kept_place(data_dir: Path) -> Place:
    """Return the place of the server of this Parley data folder; choose it, where there is none yet.

    Two processes must not choose at once: the caller holds the lock of the data folder.
    """
    pointer, inside = data_dir / "postgres.location", data_dir / "postgres"
    if pointer.exists():
        return _existing(Path(pointer.read_text().strip()), pointer)
    if (inside / "data").exists():
        return _existing(inside, None)
    account = accounts.for_new_data(data_dir.stat().st_uid)
    if account.can_enter(data_dir):
        return Place(_own_folder(inside, account), account)
    path_hash = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:8]
    # A new name each time: who deletes the data folder to start afresh shall not meet the old data.
    home = Path(tempfile.mkdtemp(prefix=f"{path_hash}-", dir=open_place()))
    home.chmod(0o711)
    write_file(home / "belongs_to", f"{data_dir}\n")
    write_file(pointer, f"{home}\n")
    logger.warning("The user %r cannot enter %s: the database is kept in %s", account.name, data_dir, home)
    return Place(home, account)


def temporary_place() -> Place:
    """Return a new, throw-away place."""
    account = accounts.for_new_data(owner_uid=os.geteuid())
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 (mkdtemp makes a new, private folder)
        if account.can_enter(base):
            break
    else:
        base = open_place()
    home = Path(tempfile.mkdtemp(prefix="parley-pg-", dir=base))
    if account.run_as:
        home.chmod(0o711)
    return Place(home, account)


def open_place() -> Path:
    """Return a folder of ours that every account can pass through: in /var/lib, else in the temporary one."""
    for folder in (OPEN_PLACE, Path(tempfile.gettempdir()) / f"parley-{os.geteuid()}"):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            found = folder.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
            if ours and os.access(folder, os.W_OK) and accounts.for_new_data(0).can_enter(folder):
                return folder
    raise EmbeddedPostgresError(
        "Where root runs Parley, its database needs a folder that other users may pass through, and "
        f"{OPEN_PLACE} cannot be used. Set PARLEY_DATA_DIR to such a folder, or set DATABASE_URL."
    )


def write_file(path: Path, text: str) -> None:
    """Write the whole file or nothing, readable by its owner alone."""
    descriptor, made = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(made).replace(path)


def _existing(home: Path, pointer: Path | None) -> Place:
    data = home / "data"
    if not home.is_dir():
        raise EmbeddedPostgresError(
            f"The database folder {home}, which {pointer} names, is gone. Bring it back, "
            "or remove that file to start with an empty database."
        )
    if pointer and not data.exists():  # chosen by a start that did not get further
        return Place(home, accounts.for_new_data(owner_uid=0))
    owner = accounts.by_uid(data.stat().st_uid)
    if os.geteuid() not in (0, data.stat().st_uid):
        raise EmbeddedPostgresError(
            f"The database in {data} belongs to the user {owner.name if owner else data.stat().st_uid!r}. "
            "Start Parley as that user or as root, or set PARLEY_DATA_DIR to a folder of your own."
        )
    account = owner if os.geteuid() == 0 else accounts.for_new_data(os.geteuid())
    if account is None or account.uid == 0 or not account.can_enter(data):
        raise EmbeddedPostgresError(
            f"The user who owns the database in {data} cannot enter that folder any more. "
            "Give back the modes of its parent folders, or set PARLEY_DATA_DIR to another folder."
        )
    return Place(home, account)


def _own_folder(folder: Path, account: Account) -> Path:
    """Make a folder of ours, closed to others; where another account runs the server, to pass through."""
    folder.mkdir(mode=0o711 if account.run_as else 0o700, exist_ok=True)
    if os.geteuid() == 0:  # the owner of the data folder shall be able to go on without root
        owner = folder.parent.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
    return folder


def _private_folder(folder: Path, account: Account) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    account.own(folder)
    return folder


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077


def _new_short_folder(account: Account) -> Path:
    candidates: Iterable[Path] = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 (mkdtemp: new and private)
    for base in candidates:
        if _fits(base / "parley-12345678") and account.can_enter(base):
            folder = Path(tempfile.mkdtemp(prefix="parley-", dir=base))
            account.own(folder)
            return folder
    raise EmbeddedPostgresError("No folder is short enough for the database's socket. Set TMPDIR to a short path.")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
