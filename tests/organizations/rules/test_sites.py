"""The sites that may show a booking page: origins, and nothing that would say more in a header."""

import pytest

from parley.core.errors import Invalid
from parley.organizations.rules.sites import MOST_SITES, read_sites


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://jobs.example.com", "https://jobs.example.com"),
        (" HTTPS://Jobs.Example.COM/ ", "https://jobs.example.com"),
        ("https://jobs.example.com:443", "https://jobs.example.com"),
        ("https://jobs.example.com:8443", "https://jobs.example.com:8443"),
        ("https://büro.example", "https://xn--bro-hoa.example"),
        ("https://intranet", "https://intranet"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_origins_are_written_as_browsers_write_them(written: str, read: str) -> None:
    assert read_sites([written, read], local=True) == [read]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "*",
        "https://*",
        "https://*.example.com",
        "'self'",
        "jobs.example.com",
        "http://jobs.example.com",
        "ftp://jobs.example.com",
        "https:",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://jobs.example.com/careers",
        "https://jobs.example.com?x=1",
        "https://jobs.example.com#x",
        "https://user@jobs.example.com",
        "https://user:pass@jobs.example.com",
        "https://jobs.example.com:99999",
        "https://jobs.example.com; script-src *",
        "https://jobs.example.com https://evil.example",
        "https://jobs.example.com, https://evil.example",
        "https://-x.example",
        "https://[::1]",
        "https://a\x00b.example",
        "https://" + "a" * 300 + ".example",
        "http://localhost.evil.example",
    ],
)
def test_what_is_no_site_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_sites(["https://fine.example", written], local=True)
    assert (refused.value.code, list(refused.value.errors)) == ("bad_site", ["sites"])


def test_line_breaks_do_not_get_into_a_header() -> None:
    for written in ("https://jobs.example\r\nX-Evil: 1", "https://jobs.\nexample"):
        try:
            read = read_sites([written], local=True)
        except Invalid:
            continue
        assert all(each.isprintable() and " " not in each for each in read)


def test_plain_http_is_for_trying_alone() -> None:
    with pytest.raises(Invalid, match="must begin with https://"):
        read_sites(["http://localhost:3000"], local=False)


def test_there_are_not_too_many() -> None:
    most = [f"https://site{number}.example" for number in range(MOST_SITES)]
    assert read_sites(most, local=False) == most
    with pytest.raises(Invalid, match="At most 20 sites"):
        read_sites([*most, "https://more.example"], local=False)
