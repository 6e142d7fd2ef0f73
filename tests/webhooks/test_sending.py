"""One request to a receiver that may do anything: none is waited for too long, and nothing private is reached."""

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import LazySettings

from parley.webhooks import sending
from parley.webhooks.network import resolved
from parley.webhooks.sending import KEPT_BYTES, Limits, Outcome, post
from tests.webhooks.conftest import HASTY, PATIENT
from tests.webhooks.receiver import BROKEN, Answer, Receiver, answering, receiving

LATE = "There was no answer in time."
CUT = "The connection ended before there was a complete answer."


def send(receiver: Receiver, limits: Limits = PATIENT) -> Outcome:
    return post(receiver.url, body='{"a":1}', headers={"webhook-id": "msg_1"}, limits=limits)


@pytest.fixture(autouse=True)
def _private(private: None) -> None:
    """Receivers are on this machine, unless a test says otherwise."""


def test_a_request_carries_what_it_should() -> None:
    with receiving(answering("201 Created", "X-Note: caf\u00e9", "Set-Cookie: a=b", body=b"thanks\x00")) as receiver:
        outcome = send(receiver)
    (got,) = receiver.got
    assert (got.path, got.body) == ("/in?token=hidden", b'{"a":1}')
    assert got.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": "Parley-Webhooks/0.1.0",
        "content-type": "application/json",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
        "content-length": "7",
        "webhook-id": "msg_1",
    }
    assert (outcome.status, outcome.error, outcome.answer_body) == (201, "", "thanks\N{REPLACEMENT CHARACTER}")
    assert outcome.answer_headers["x-note"] == "caf\u00e9"
    assert outcome.request_headers["webhook-id"] == "msg_1"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send(receiver).status == 200
    assert (proxy.connections, len(receiver.got)) == (0, 1)


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest/", "/elsewhere"])
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirects_are_failures_and_are_not_followed(status: str, target: str) -> None:
    with receiving() as other, receiving(answering(status, f"Location: {target.format(port=other.port)}")) as receiver:
        outcome = send(receiver)
    said = f"The receiver answered {status[:3]}. Redirects are not followed."
    assert (outcome.status, outcome.error) == (int(status[:3]), said)
    assert (other.connections, len(receiver.got)) == (0, 1)


def test_an_answer_of_a_hundred_megabytes_is_cut() -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        try:
            for _ in range(1600):
                connection.sendall(b"x" * 62500)
                sent.append(62500)
        except OSError:
            sent.append(0)

    with receiving(flood) as receiver:
        outcome = send(receiver)
        receiver.released.wait(0)
    assert (outcome.status, outcome.answer_body) == (200, "x" * KEPT_BYTES)
    assert sum(sent) < 100_000_000


def test_a_hundred_megabytes_of_headers_are_cut() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Filler: " + b"x" * 60000 + b"\r\n")

    with receiving(flood) as receiver:
        outcome = send(receiver)
    assert (outcome.status, outcome.error) == (None, CUT)


def hang(connection: socket.socket) -> None:
    connection.recv(1)


def drip_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def drip_informational(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [hang, drip_head, drip_informational])
def test_a_receiver_without_an_answer_is_left_at_the_deadline(answer: Answer) -> None:
    with receiving(answer) as receiver:
        outcome = send(receiver, HASTY)
    assert (outcome.status, outcome.error, len(receiver.got)) == (None, LATE, 1)


def test_a_body_that_drips_is_left_at_its_deadline_and_the_status_counts() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    with receiving(drip) as receiver:
        outcome = send(receiver, Limits(whole=30.0, body=1.0))
    assert (outcome.status, outcome.error) == (200, "")
    assert 0 < len(outcome.answer_body) < 100_000


def test_a_connection_that_ends_halfway_through_the_head_is_a_failure() -> None:
    with receiving(lambda connection: connection.sendall(b"HTTP/1.1 200 O")) as receiver:
        assert (send(receiver).status, send(receiver).error) == (None, CUT)


def test_a_connection_that_ends_halfway_through_the_body_has_its_status() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with receiving(lambda connection: connection.sendall(half)) as receiver:
        outcome = send(receiver)
    assert (outcome.status, outcome.answer_body, outcome.error) == (200, "half", "")


def test_what_is_no_http_is_a_failure() -> None:
    with receiving(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")) as receiver:
        assert (send(receiver).status, send(receiver).error) == (None, CUT)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = post(f"http://127.0.0.1:{port}/", body="{}", headers={}, limits=PATIENT)
    assert outcome.status is None
    assert outcome.error.startswith("No connection: ")


def test_errors_are_said_with_their_status() -> None:
    with receiving(BROKEN) as receiver:
        outcome = send(receiver)
    assert (outcome.status, outcome.error, outcome.answer_body) == (500, "The receiver answered 500.", "oh")


# --- private networks ---------------------------------------------------------------------------------------


@pytest.fixture
def guarded(settings: LazySettings) -> None:
    settings.PARLEY_ALLOW_PRIVATE_WEBHOOKS = False


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["10.0.0.8"], ["8.8.8.8", "127.0.0.1"]],
)
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(guarded: None, addresses: list[str]) -> None:
    with receiving() as receiver:
        limits = Limits(resolve=lambda host, port: addresses)
        outcome = post(f"http://hooks.example.com:{receiver.port}/", body="{}", headers={}, limits=limits)
    assert (outcome.status, receiver.connections) == (None, 0)
    assert outcome.error == "The address belongs to a private network: nothing was sent."


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_connected_to_however_it_is_written(guarded: None, host: str) -> None:
    with receiving() as receiver:
        outcome = post(f"http://{host}:{receiver.port}/", body="{}", headers={}, limits=PATIENT)
    assert (outcome.status, receiver.connections) == (None, 0)
    assert outcome.error == "The address belongs to a private network: nothing was sent."


def test_a_name_is_resolved_once_and_connected_to_where_it_was_looked_at() -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with receiving() as receiver:
        url = f"http://hooks.example.com:{receiver.port}/"
        outcome = post(url, body="{}", headers={}, limits=Limits(resolve=resolve))
    assert (outcome.status, asked) == (200, ["hooks.example.com"])
    assert receiver.got[0].headers["host"] == f"hooks.example.com:{receiver.port}"


def test_a_name_without_an_address_is_a_failure() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    outcome = post("http://nowhere.example/", body="{}", headers={}, limits=Limits(resolve=resolve))
    assert (outcome.status, outcome.error) == (None, "No connection: The name could not be resolved.")


def test_a_name_that_is_not_resolved_in_time_is_left() -> None:
    with receiving(hang) as receiver:

        def resolve(host: str, port: int) -> list[str]:
            receiver.released.wait(30)
            return []

        outcome = post("http://slow.example/", body="{}", headers={}, limits=Limits(whole=0.1, resolve=resolve))
    assert (outcome.status, outcome.error) == (None, LATE)


def test_the_systems_resolver_gives_plain_addresses() -> None:
    assert resolved("127.0.0.1", 80) == ["127.0.0.1"]
    assert resolved("::1", 80) == ["::1"]


# --- TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of ``hooks.example.com`` in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")]), critical=False)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "hooks.pem"
    file.write_bytes(secret + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The operator names the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sending._tls.cache_clear()
    yield
    sending._tls.cache_clear()


@pytest.fixture
def secure(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def send_to(host: str, receiver: Receiver, limits: Limits = PATIENT) -> Outcome:
    here = replace(limits, resolve=lambda name, port: ["127.0.0.1"])
    return post(f"https://{host}:{receiver.port}/", body="{}", headers={}, limits=here)


def test_tls_with_a_certificate_that_is_trusted(trusting: None, secure: ssl.SSLContext) -> None:
    with receiving(tls=secure) as receiver:
        outcome = send_to("hooks.example.com", receiver)
    assert (outcome.status, outcome.answer_body) == (200, "thanks")


def test_the_certificate_of_another_name_is_refused(trusting: None, secure: ssl.SSLContext) -> None:
    with receiving(tls=secure) as receiver:
        outcome = send_to("other.example.com", receiver)
    assert (outcome.status, receiver.got) == (None, [])
    assert outcome.error.startswith("The certificate was not accepted: Hostname mismatch")


def test_a_certificate_of_nobody_known_is_refused(secure: ssl.SSLContext) -> None:
    with receiving(tls=secure) as receiver:
        outcome = send_to("hooks.example.com", receiver)
    assert (outcome.status, receiver.got) == (None, [])
    assert outcome.error.startswith("The certificate was not accepted: self")


def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    with receiving() as receiver:  # waits for a request in plain HTTP
        outcome = send_to("hooks.example.com", receiver, HASTY)
    assert (outcome.status, outcome.error, receiver.connections) == (None, LATE, 1)
