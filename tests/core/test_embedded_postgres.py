import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from parley.core import embedded_postgres
from parley.core.embedded_postgres import (
    EmbeddedPostgresError,
    accounts,
    bin_dir,
    ensure_database_url,
    locks,
    places,
    programs,
    temporary_server,
)
from tests.core.processes import environment, is_alive, kill, modes_up_to_root, start, wait_until

USE = """
import sys
from parley.core.embedded_postgres import ensure_database_url
print(ensure_database_url(), flush=True)
sys.stdin.readline()
"""
TEMPORARY = """
import sys
from parley.core.embedded_postgres import temporary_server
with temporary_server() as url:
    print(url, flush=True)
    sys.stdin.readline()
"""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")


class User:
    """A process that uses the embedded server of a data folder until it is told to end."""

    def __init__(self, data_dir: Path) -> None:
        self.process = start(USE, env=environment(PARLEY_DATA_DIR=str(data_dir)))

    @property
    def url(self) -> str:
        if not hasattr(self, "_url"):
            assert self.process.stdout
            self._url = self.process.stdout.readline().strip()
            assert self._url, self.process.communicate()
        return self._url

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def setting(self, name: str) -> str:
        return str(self.query(f"SELECT current_setting('{name}')")[0][0])

    def end(self) -> str:
        """End it as a command ends; return what it said on standard error."""
        _, said = self.process.communicate("\n")
        assert self.process.returncode == 0, said
        return said


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A data folder that every user of the machine may pass through."""
    base = Path(tempfile.mkdtemp(prefix="parley-open-"))
    base.chmod(0o755)
    yield base / "data-dir"
    shutil.rmtree(base)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A data folder below one that only its owner may enter, as `mktemp -d` and /root are."""
    base = Path(tempfile.mkdtemp(prefix="parley-closed-"))
    yield base / "data-dir"
    pointer = base / "data-dir" / "postgres.location"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(base)


def postmaster_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def keeper_pid(home: Path) -> int:
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
    found = [line.split() for line in listed.stdout.splitlines() if "keeper.py" in line and str(home) in line]
    (keeper,) = found
    return int(keeper[0])


def stopped(home: Path) -> bool:
    return not locks.is_held(home / "server.lock") and not locks.is_held(home / "keeper.lock")


def test_given_url_is_used_and_no_server_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path / "untouched"))
    assert ensure_database_url() == "postgresql://somewhere/else"
    assert not (tmp_path / "untouched").exists()


def test_server_is_private(open_folder: Path) -> None:
    user = User(open_folder)
    home = open_folder / "postgres"
    assert user.setting("listen_addresses") == ""
    assert user.setting("fsync") == "on"
    assert user.setting("TimeZone") == "UTC"
    assert user.setting("server_encoding") == "UTF8"
    assert user.setting("max_connections") == "200"
    assert user.setting("data_directory") == str(home / "data")
    for folder in (home / "data", home / "run"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    owner = (home / "data").stat().st_uid
    assert owner == (home / "run").stat().st_uid
    assert (owner != 0) if os.geteuid() == 0 else (owner == os.geteuid())
    assert stat.S_IMODE(open_folder.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    user.end()


def test_second_start_finds_its_data(open_folder: Path) -> None:
    first = User(open_folder)
    first.query("CREATE TABLE kept AS SELECT 42 AS answer")
    first.end()
    assert stopped(open_folder / "postgres")
    assert not (open_folder / "postgres" / "data" / "postmaster.pid").exists()
    second = User(open_folder)
    assert second.query("SELECT answer FROM kept") == [(42,)]
    second.end()


def test_last_user_stops_the_server(open_folder: Path) -> None:
    first, second = User(open_folder), User(open_folder)
    assert first.url == second.url
    postmaster = postmaster_pid(open_folder / "postgres")
    first.end()
    second.query("CREATE TABLE kept AS SELECT 1 AS answer")
    assert postmaster_pid(open_folder / "postgres") == postmaster
    second.end()
    assert stopped(open_folder / "postgres")
    assert not is_alive(postmaster)


def test_processes_starting_at_once_share_one_server(open_folder: Path) -> None:
    users = [User(open_folder) for _ in range(4)]
    starts = {str(user.query("SELECT pg_postmaster_start_time()")) for user in users}
    assert len(starts) == 1
    assert {user.url for user in users} == {users[0].url}
    for user in users:
        user.end()
    assert stopped(open_folder / "postgres")


@pytest.mark.parametrize("killed_by", [signal.SIGKILL, signal.SIGTERM])
def test_server_stops_after_its_only_user_was_killed(open_folder: Path, killed_by: signal.Signals) -> None:
    user = User(open_folder)
    user.query("CREATE TABLE kept AS SELECT 1 AS answer")
    user.process.send_signal(killed_by)
    user.process.communicate()
    wait_until(lambda: stopped(open_folder / "postgres"), "the server has stopped")
    again = User(open_folder)
    assert again.query("SELECT answer FROM kept") == [(1,)]
    again.end()


def test_start_meets_a_server_that_is_just_stopping(open_folder: Path) -> None:
    first = User(open_folder)
    first.query("CREATE TABLE kept AS SELECT 1 AS answer")
    first.process.kill()
    second = User(open_folder)  # at once, while the keeper of the first notices
    assert second.query("SELECT answer FROM kept") == [(1,)]
    second.end()
    first.process.communicate()


def test_left_over_server_is_joined_and_stopped_after_use(open_folder: Path) -> None:
    home = open_folder / "postgres"
    first = User(open_folder)
    first.query("CREATE TABLE kept AS SELECT 1 AS answer")
    postmaster = postmaster_pid(home)
    os.kill(keeper_pid(home), signal.SIGKILL)
    first.process.kill()
    first.process.communicate()
    assert is_alive(postmaster)
    second = User(open_folder)
    assert second.query("SELECT answer FROM kept") == [(1,)]
    assert postmaster_pid(home) == postmaster
    second.end()
    assert stopped(home)
    assert not is_alive(postmaster)


def test_killed_server_comes_back_for_its_users(open_folder: Path) -> None:
    user = User(open_folder)
    user.query("CREATE TABLE kept AS SELECT 1 AS answer")
    postmaster = postmaster_pid(open_folder / "postgres")
    kill(postmaster)

    def answers() -> bool:
        try:
            return user.query("SELECT answer FROM kept") == [(1,)]
        except psycopg.OperationalError:
            return False

    wait_until(answers, "the server is back")
    assert postmaster_pid(open_folder / "postgres") != postmaster
    user.end()
    assert stopped(open_folder / "postgres")


def test_start_after_everything_was_killed(open_folder: Path) -> None:
    home = open_folder / "postgres"
    user = User(open_folder)
    user.query("CREATE TABLE kept AS SELECT 1 AS answer")
    for pid in (keeper_pid(home), postmaster_pid(home), user.process.pid):
        os.kill(pid, signal.SIGKILL)
    user.process.communicate()
    again = User(open_folder)
    assert again.query("SELECT answer FROM kept") == [(1,)]
    again.end()


def test_stale_postmaster_file_with_another_process_number(open_folder: Path) -> None:
    home = open_folder / "postgres"
    User(open_folder).end()
    stale = home / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{home / 'data'}\n1700000000\n5432\n{home / 'run'}\n\n\nready\n")
    user = User(open_folder)
    assert user.query("SELECT 1") == [(1,)]
    user.end()


def test_start_after_a_kill_during_initdb(open_folder: Path) -> None:
    home = open_folder / "postgres"
    first = User(open_folder)
    wait_until(lambda: any(home.glob("data-*.new")), "initdb is at work")
    first.process.kill()
    first.process.communicate()
    assert not (home / "data").exists()
    second = User(open_folder)
    assert second.query("SELECT 1") == [(1,)]
    assert list(home.glob("data-*.new")) == []
    second.end()


def test_path_too_long_for_a_socket(open_folder: Path) -> None:
    data_dir = open_folder / ("long-" * 20) / "p % & ä"
    user = User(data_dir)
    sockets = Path(user.setting("unix_socket_directories"))
    assert not sockets.is_relative_to(open_folder)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    user.query("CREATE TABLE kept AS SELECT 1 AS answer")
    user.end()
    again = User(data_dir)
    assert again.query("SELECT answer FROM kept") == [(1,)]
    assert Path(again.setting("unix_socket_directories")) == sockets
    again.end()
    shutil.rmtree(sockets)


@only_root
def test_root_in_a_closed_folder_changes_no_mode(closed_folder: Path) -> None:
    closed_folder.mkdir()
    before = {**modes_up_to_root(closed_folder), **modes_up_to_root(bin_dir())}
    first = User(closed_folder)
    first.query("CREATE TABLE kept AS SELECT 1 AS answer")
    home = Path((closed_folder / "postgres.location").read_text().strip())
    assert first.setting("data_directory") == str(home / "data")
    assert home.parent == Path("/var/lib/parley")
    assert (home / "data").stat().st_uid != 0
    said = first.end()
    assert said.count("\n") == 1
    assert f"the database is kept in {home}" in said
    second = User(closed_folder)
    assert second.query("SELECT answer FROM kept") == [(1,)]
    assert second.end() == ""
    assert {path: path.stat().st_mode for path in before} == before
    assert stat.S_IMODE(closed_folder.parent.stat().st_mode) == 0o700


@only_root
def test_new_data_folder_of_the_same_name_starts_empty(closed_folder: Path) -> None:
    first = User(closed_folder)
    first.query("CREATE TABLE kept AS SELECT 1 AS answer")
    first.end()
    old_home = Path((closed_folder / "postgres.location").read_text().strip())
    shutil.rmtree(closed_folder)
    second = User(closed_folder)
    assert second.query("SELECT to_regclass('kept')") == [(None,)]
    second.end()
    assert old_home.exists()
    shutil.rmtree(old_home)


@only_root
def test_programs_in_a_closed_folder_are_copied(closed_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = closed_folder.parent / "site-packages"
    programs._copy(bin_dir().parent, closed)
    closed_bin = closed / programs.PACKAGE / programs.INSTALLATION / "bin"
    before = modes_up_to_root(closed_bin)
    open_place = Path(tempfile.mkdtemp(prefix="parley-open-"))
    open_place.chmod(0o755)
    monkeypatch.setattr(programs, "bin_dir", lambda: closed_bin)
    monkeypatch.setattr(places, "open_place", lambda: open_place)
    with temporary_server() as url, psycopg.connect(url) as connection:
        (server,) = (path for path in open_place.iterdir())
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert server.stat().st_uid == 0
    assert modes_up_to_root(closed_bin) == before
    shutil.rmtree(open_place)


@only_root
def test_root_runs_the_server_as_the_owner_of_the_data_folder(open_folder: Path) -> None:
    account = accounts.for_new_data(owner_uid=0)
    open_folder.mkdir()
    os.chown(open_folder, account.uid, account.gid)
    user = User(open_folder)
    user.query("SELECT 1")
    for name in ("data", "run", "users.lock", "server.log"):
        assert (open_folder / "postgres" / name).stat().st_uid == account.uid
    user.end()


def test_data_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(EmbeddedPostgresError, match=r"cannot write .*Not a directory.*Set PARLEY_DATA_DIR"):
        ensure_database_url()
    assert "DATABASE_URL" not in os.environ


def test_data_of_another_version(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    User(open_folder).end()
    (open_folder / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("PARLEY_DATA_DIR", str(open_folder))
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 17"):
        ensure_database_url()
    assert stopped(open_folder / "postgres")


def test_location_that_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "postgres.location").write_text("/nowhere/at/all\n")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError, match=r"/nowhere/at/all, which .* names, is gone"):
        ensure_database_url()


def test_machine_without_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedPostgresError, match="Set DATABASE_URL"):
        bin_dir()


def test_programs_for_benchmarks() -> None:
    said = subprocess.run([bin_dir() / "pgbench", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("pgbench (PostgreSQL) 18.")


def test_temporary_server_leaves_nothing() -> None:
    with temporary_server({"work_mem": "7MB"}) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_setting('work_mem'), current_setting('fsync')").fetchone() == (
                "7MB",
                "off",
            )
            (folder,) = connection.execute("SELECT current_setting('data_directory')").fetchone() or ("",)
        postmaster = postmaster_pid(Path(folder).parent)
    assert not Path(folder).parent.exists()
    assert not is_alive(postmaster)


@pytest.mark.parametrize("killed_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_temporary_server_leaves_nothing_when_killed(killed_by: signal.Signals) -> None:
    process = start(TEMPORARY)
    assert process.stdout
    home = Path(process.stdout.readline().split("host=")[1].split("&")[0]).parent
    postmaster = postmaster_pid(home)
    process.send_signal(killed_by)
    process.communicate()
    wait_until(lambda: not home.exists(), "the folder is gone")
    assert not is_alive(postmaster)


def test_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.temporary_place()
    monkeypatch.setattr(embedded_postgres, "temporary_place", lambda: place)
    with (
        pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers": "nonsense"'),
        temporary_server({"shared_buffers": "nonsense"}),
    ):
        pass
    assert not place.home.exists()
