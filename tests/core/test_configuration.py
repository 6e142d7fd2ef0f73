import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from procrastinate.contrib.django.utils import connector_params

from parley.core.configuration import database_from_url, mail_from_url, secret_key
from parley.core.environment import Environment
from tests.core.processes import PROJECT, environment, start

STRONG = "Zk3vT9xQ2mB7nL5pR8sW1yC4dF6gH0jK"


@pytest.mark.parametrize("production", [True, False])
def test_given_key_is_used(production: bool, tmp_path: Path) -> None:
    assert secret_key(given=STRONG, production=production, data_dir=tmp_path) == STRONG
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "must be set"),
        (STRONG[:-1], "shorter than 32"),
        ("changeme-changeme-changeme-changeme", "placeholder"),
        ("django-insecure-" + STRONG, "placeholder"),
        ("this-is-my-secret-key-for-production", "placeholder"),
        ("x" * 40, "placeholder"),
    ],
)
def test_weak_key_is_refused_in_production(given: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"{why}.*Make one with") as refusal:
        secret_key(given=given, production=True, data_dir=tmp_path)
    assert given == "" or given not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_missing_key_is_made_once_and_private(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"
    key = secret_key(given="", production=False, data_dir=data_dir)
    assert len(key) >= 50
    assert secret_key(given="", production=False, data_dir=data_dir) == key
    assert [path.name for path in data_dir.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert secret_key(given="", production=False, data_dir=tmp_path / "other") != key


def test_processes_starting_at_once_get_the_same_key(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from parley.core.configuration import secret_key
print("here", flush=True)
sys.stdin.readline()
print(secret_key(given="", production=False, data_dir=Path(sys.argv[1])))
"""
    processes = [start(code, str(tmp_path / "data")) for _ in range(4)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate()[0] for process in processes}
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_key_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"cannot keep its secret key .*Set PARLEY_DATA_DIR"):
        secret_key(given="", production=False, data_dir=tmp_path / "file" / "data")


def test_database_url_of_a_server() -> None:
    url = "postgresql://us%40er:p%2Fw@one.example:5432,two.example:5433/parley?sslmode=require&target_session_attrs=any"
    assert database_from_url(url, pool_size=8) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "parley",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "one.example,two.example",
        "PORT": "5432,5433",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "sslmode": "require",
            "target_session_attrs": "any",
            "prepare_threshold": 5,
            "pool": {"min_size": 0, "max_size": 8, "timeout": 20},
        },
    }


@pytest.mark.parametrize(
    "url", ["postgres://postgres@/parley?host=/run/a%20b", "host='/run/a b' user=postgres dbname=parley"]
)
def test_database_url_of_a_socket_without_pool(url: str) -> None:
    assert database_from_url(url, pool_size=0) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "parley",
        "USER": "postgres",
        "PASSWORD": "",
        "HOST": "/run/a b",
        "PORT": "",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"prepare_threshold": 5},
    }


def test_database_of_a_service_file() -> None:
    entry = database_from_url("service=parley", pool_size=0)
    assert (entry["NAME"], entry["OPTIONS"]) == ("", {"service": "parley", "prepare_threshold": 5})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://root@localhost/parley", "is for mysql"),
        ("sqlite:///parley.db", "is for sqlite"),
        ("postgresql://localhost", "names no database"),
        ("postgresql://localhost/parley?nonsense=1", "cannot be read: invalid URI query parameter"),
        ("nonsense", "cannot be read: missing"),
    ],
)
def test_database_url_that_is_none(url: str, why: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL.*{why}"):
        database_from_url(url, pool_size=0)


def test_negative_pool_size() -> None:
    with pytest.raises(ImproperlyConfigured, match="PARLEY_DB_POOL"):
        database_from_url("postgresql://localhost/parley", pool_size=-1)


def test_without_url_no_server_is_asked() -> None:
    code = """
from django.conf import settings
from parley.core.configuration import database_from_url
settings.configure(DATABASES={"default": database_from_url("", pool_size=8)})
from django.db import connection
connection.cursor()
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False)
    assert "settings.DATABASES is improperly configured" in done.stderr


@pytest.mark.django_db
def test_pool_connects_and_the_job_worker_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {**connection.settings_dict, **database_from_url(os.environ["DATABASE_URL"], pool_size=2)}
    wrapper = DatabaseWrapper(entry, alias="default")
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {})
    with wrapper.temporary_connection() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert wrapper.pool.max_size == 2
    wrapper.close_pool()
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", entry["OPTIONS"])
    params = connector_params("default")
    assert "pool" not in params
    assert params["dbname"] == connection.settings_dict["NAME"]


def test_mail_without_url_becomes_files(tmp_path: Path) -> None:
    given = mail_from_url("", data_dir=tmp_path)
    assert given == {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
    }
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    mailer = get_connection(str(given["EMAIL_BACKEND"]), file_path=given["EMAIL_FILE_PATH"])
    EmailMessage("Subject", "Text", "a@example.org", ["b@example.org"], connection=mailer).send()
    (written,) = (tmp_path / "mail").iterdir()
    assert "Subject: Subject" in written.read_text()


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://mail.example.org", 587, True, False),
        ("smtps://mail.example.org", 465, False, True),
        ("smtp://mail.example.org:2525", 2525, False, False),
    ],
)
def test_mail_server(url: str, port: int, tls: bool, ssl: bool, tmp_path: Path) -> None:
    given = mail_from_url(url, data_dir=tmp_path)
    assert (given["EMAIL_HOST"], given["EMAIL_PORT"]) == ("mail.example.org", port)
    assert (given["EMAIL_USE_TLS"], given["EMAIL_USE_SSL"]) == (tls, ssl)
    assert given["EMAIL_TIMEOUT"] == 15
    assert (given["EMAIL_HOST_USER"], given["EMAIL_HOST_PASSWORD"]) == ("", "")


def test_mail_password_with_special_characters(tmp_path: Path) -> None:
    given = mail_from_url("smtps://us%40er:p%2F%3Aw@mail.example.org", data_dir=tmp_path)
    assert (given["EMAIL_HOST_USER"], given["EMAIL_HOST_PASSWORD"]) == ("us@er", "p/:w")


@pytest.mark.parametrize("url", ["imap://host", "mail.example.org", "smtp://", "smtp://host:port"])
def test_mail_url_that_is_none(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        mail_from_url(url, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("PARLEY_ENV", "prod", "one of: local, production"),
        ("PARLEY_ENV", "Production", "one of: local, production"),
        ("PORT", "abc", "a whole number from 1 to 65535"),
        ("PORT", "99999", "a whole number from 1 to 65535"),
        ("WEB_WORKERS", "0", "a whole number from 1 to 256"),
        ("PARLEY_SLOT_HORIZON_DAYS", "-5", "a whole number from 0 to 730"),
        ("PARLEY_INVITATION_DAYS", "0", "a whole number from 1 to 730"),
        ("PARLEY_DEMO", "maybe", "true or false"),
        ("PARLEY_LOG_LEVEL", "LOUD", "one of: DEBUG, INFO, WARNING, ERROR"),
        ("PARLEY_THROTTLE_LOGIN", "foo", "a rate such as 10/minute"),
        ("PARLEY_THROTTLE_LOGIN", "0/minute", "a rate such as 10/minute"),
        ("PARLEY_BASE_URL", "foo", "an address such as https://"),
        ("PARLEY_BASE_URL", "https://", "an address such as https://"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(name: str, value: str, takes: str, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check"]
    changed = environment(**{"PARLEY_DATA_DIR": str(tmp_path), name: value})
    done = subprocess.run(command, cwd=PROJECT, env=changed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Parley cannot start. {name} is {value!r}: it must be {takes}")
    assert "Traceback" not in done.stderr


def test_what_is_set_to_nothing_is_not_set() -> None:
    env = Environment({"A": "", "B": "  ", "C": " 7 ", "D": "x, y,,"})
    assert (env.text("A", default="a"), env.whole("B", default=3), env.whole("C", default=0)) == ("a", 3, 7)
    assert (env.words("D"), env.words("A", default=["z"])) == (["x", "y"], ["z"])


def test_an_empty_data_folder_setting_means_the_usual_folder() -> None:
    code = "from config.settings import PARLEY_DATA_DIR; print(PARLEY_DATA_DIR)"
    process = start(code, env=environment(PARLEY_DATA_DIR="", SECRET_KEY=STRONG, EMAIL_URL="smtp://localhost"))
    assert process.communicate()[0].strip() == str(PROJECT / ".parley")


def test_production_never_has_demo_data(tmp_path: Path) -> None:
    code = "from config.settings import PARLEY_DEMO; print(PARLEY_DEMO)"
    env = environment(PARLEY_ENV="production", SECRET_KEY=STRONG, PARLEY_DEMO="true", PARLEY_DATA_DIR=str(tmp_path))
    assert start(code, env=env).communicate()[0].strip() == "False"
