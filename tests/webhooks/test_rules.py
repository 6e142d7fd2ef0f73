"""What receivers are told, when they are tried again, and which addresses are sent to."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.errors import Invalid
from parley.webhooks.rules.addresses import is_public, refuse_bad_url, without_query
from parley.webhooks.rules.catalogue import CHOICES, DESCRIBED, THINGS, TYPES, body_of, is_chosen, thing_of, unknown
from parley.webhooks.rules.retries import ATTEMPTS, PAUSES, is_given_up, next_attempt, requested_pause, rest_of

NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)
NONE = timedelta()


def test_every_type_tells_of_something_known() -> None:
    assert {name.partition(".")[0] for name in DESCRIBED} == set(THINGS)
    assert all(thing_of(name).name.endswith("_id") for name in DESCRIBED)
    assert set(CHOICES) - set(TYPES) == {
        *("slot.*", "interview.*", "conflict.*", "waitlist.*", "evaluation.*", "review.*", "decision.*"),
        *("request.*", "candidate.*", "job.*", "*"),
    }


@pytest.mark.parametrize(
    ("choices", "heard"),
    [
        (["*"], True),
        (["interview.*"], True),
        (["slot.*", "interview.booked"], True),
        (["interview.cancelled"], False),
        (["slot.*"], False),
        ([], False),
    ],
)
def test_what_was_chosen_is_heard(choices: list[str], heard: bool) -> None:
    assert is_chosen(choices, "interview.booked") is heard


def test_unknown_choices_are_found() -> None:
    assert unknown(["slot.created", "slot.*", "*", "slot", "slots.*", "webhook.test", "user.created"]) == [
        *("slot", "slots.*", "webhook.test", "user.created")
    ]


def test_receivers_hear_that_a_candidates_data_were_deleted() -> None:
    body = body_of("candidate.erased", object_id="5", company_id=7, at=NOW)
    assert json.loads(body)["data"] == {"candidate_id": 5, "company": 7, "previous": None}


def test_a_body_holds_what_is_public_and_nothing_else() -> None:
    body = body_of(
        "interview.booked",
        object_id="3f0e8b9e-0000-4000-8000-000000000001",
        company_id=7,
        at=NOW,
        before={"status": "pending", "candidate_email": "a@example.org"},
        after={"status": "pending", "slot_id": "s", "link_id": 3, "booking_notes": "secret"},
    )
    assert json.loads(body) == {
        "type": "interview.booked",
        "timestamp": "2027-03-26T08:00:00+00:00",
        "schema_version": 1,
        "data": {
            "interview_id": "3f0e8b9e-0000-4000-8000-000000000001",
            "company": 7,
            "status": "pending",
            "slot_id": "s",
            "previous": {"status": "pending"},
        },
    }


def test_ids_are_written_as_elsewhere() -> None:
    body = json.loads(body_of("job.deleted", object_id="12", company_id=7, at=NOW, before={"job_title": "Baker"}))
    assert body["data"] == {"job_id": 12, "company": 7, "previous": {"job_title": "Baker"}}


def test_attempts_go_on_for_over_a_day() -> None:
    moments = [next_attempt(number, requested=NONE, now=NOW) for number in range(1, ATTEMPTS + 1)]
    assert moments == [*(NOW + pause for pause in PAUSES), None]
    assert sum(PAUSES, NONE) > timedelta(days=1)
    assert next_attempt(1, requested=timedelta(minutes=1), now=NOW) == NOW + timedelta(minutes=1)


def test_a_failing_receiver_rests_longer_each_time() -> None:
    assert [rest_of(failures, requested=NONE).total_seconds() for failures in (1, 2, 3, 7, 8, 1000)] == [
        *(5, 10, 20, 320, 600, 600)
    ]
    assert rest_of(1, requested=timedelta(minutes=30)) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120),
        (503, " 7 ", 7),
        (500, "120", 0),
        (None, "120", 0),
        (429, "", 0),
        (429, "-5", 0),
        (429, "soon", 0),
        (429, "99999999999999999999", 3600),
        (503, "Fri, 26 Mar 2027 08:02:00 GMT", 120),
        (503, "Fri, 26 Mar 2027 08:02:00 -0000", 120),
        (503, "Fri, 26 Mar 2027 07:00:00 GMT", 0),
        (503, "Fri, 26 Mar 2100 07:00:00 GMT", 3600),
        (503, "Fri, 99 Mar 2027 07:00:00 GMT", 0),
        (503, "26 Mar 99999999999999 07:00:00 GMT", 0),
        (503, "26 Mar 2027 07:00:00 +9999", 0),
        (503, "Mon, 01 Jan 0001 00:00:00 +2300", 0),
        (503, "\u0663", 0),
    ],
)
def test_retry_after_is_heeded_within_bounds(status: int | None, header: str, seconds: int) -> None:
    assert requested_pause(status, header, now=NOW) == timedelta(seconds=seconds)


@given(st.text())
def test_any_retry_after_is_a_pause_within_bounds(header: str) -> None:
    assert NONE <= requested_pause(429, header, now=NOW) <= timedelta(hours=1)


def test_a_receiver_is_given_up_after_three_days() -> None:
    assert not is_given_up(failing_since=NOW, now=NOW + timedelta(days=3, seconds=-1))
    assert is_given_up(failing_since=NOW, now=NOW + timedelta(days=3))


PRIVATE = [
    *(
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
    ),
    *("100.64.0.1", "100.127.255.255", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *(
        "::",
        "::1",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"),
    *("64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2002:a00:1::1", "2001:0:53aa:64c::1", "2001:db8::1", "3fff::1", "100::1"),
    *("5f00::1", "4000::1", "", "localhost", "1.2.3"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_no_internet_host_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC, "2002:808:808::1", "2a00:1450:4001::200e"])
def test_addresses_of_the_internet_are_taken(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/in?token=1",
        "http://example.com:8080/",
        "https://8.8.8.8/x",
        "https://[2606:4700::1111]/",
        "https://b\u00fccher.example/",
        "https://localhost.example.com/",
    ],
)
def test_good_addresses_are_taken(url: str) -> None:
    refuse_bad_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "/in",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///in",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://exa mple.com/",
        "https://example.com/\nX: y",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/" + "a" * 2000,
        "https://0177.0.0.1/",
    ],
)
def test_what_is_no_address_to_send_to_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_bad_url(url, allow_private=True)
    assert list(refusal.value.errors) == ["url"]


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "api.localhost",
            "printer.local",
            "db.internal",
            "127.0.0.1",
            "127.1",
        ),
        *("2130706433", "0x7f000001", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "0"),
    ],
)
def test_private_hosts_are_refused_unless_allowed(host: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_bad_url(f"https://{host}/in", allow_private=False)
    assert (refusal.value.code, list(refusal.value.errors)) == ("private_address", ["url"])
    refuse_bad_url(f"https://{host}/in", allow_private=True)


def test_queries_are_left_out() -> None:
    assert without_query("https://example.com/in?token=1") == "https://example.com/in"
