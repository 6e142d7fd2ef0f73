"""E-mail addresses, telephone numbers and links: from the text and from the targets of its hyperlinks."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote, urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from parley.hiring.resumes.result import Passage

_EACH_AT_MOST = 50
"""A resume has a few of each; a file with thousands is not worth storing them."""

# The bounds and the look-behind keep the search linear in hostile text.
_EMAIL = re.compile(r"(?<![\w.%+&'~-])[\w.%+&'~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINK = re.compile(
    r"(?<![\w@./-])(?:https?://|www\.|(?:[a-z]{2,3}\.)?linkedin\.com/|(?:gist\.)?github\.com/|gitlab\.com/|xing\.com/)"
    r"[^\s<>\"'|(){}\[\]\\]{2,500}",
    re.IGNORECASE,
)
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_GAP = re.compile(r" {2,}")
_TEL = re.compile(r"tel:", re.IGNORECASE)


def emails(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Return the valid addresses in order of appearance (deliverability is not asked)."""
    return _unique((email for passage in passages for email in _emails(passage)), str.casefold)


def phones(passages: Iterable[Passage], *, default_region: str | None) -> tuple[str, ...]:
    """Return the valid numbers in E.164; without a region only those written internationally."""
    region = (default_region or "").upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        region = "ZZ"  # libphonenumber's "unknown": international numbers only
    return _unique((phone for passage in passages for phone in _phones(passage, region)), str)


def links(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Return the http(s) links: the targets of hyperlinks and those written out; "https://" is added."""
    return _unique((link for passage in passages for link in _links(passage)), _same_link)


def _emails(passage: Passage) -> Iterator[str]:
    found = [match[0].lstrip(".%+&'~-") for match in _EMAIL.finditer(passage.text)]
    for target in passage.targets:
        if _MAILTO.match(target):
            addresses = unquote(_MAILTO.sub("", target, count=1).partition("?")[0])
            found += [address.strip() for address in addresses.split(",")]
    for candidate in found:
        try:
            yield validate_email(candidate, check_deliverability=False).normalized
        except EmailNotValidError:
            continue


def _phones(passage: Passage, region: str) -> Iterator[str]:
    # What a gap separates is two things ("+1 202 555 0123   2019"); but some PDFs have gaps in numbers, too.
    for text in dict.fromkeys((_GAP.sub("\n", passage.text), passage.text)):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield _e164(match.number)
    for target in passage.targets:
        if _TEL.match(target):
            try:
                number = phonenumbers.parse(unquote(target[4:]), region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                yield _e164(number)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _links(passage: Passage) -> Iterator[str]:
    # Targets first: what the text shows of one is often cut or broken over two lines.
    written = [match[0].rstrip(".,;:!?") for match in _LINK.finditer(passage.text)]
    for candidate in [*passage.targets, *written]:
        link = candidate.strip()
        if candidate in written and not link.lower().startswith(("http://", "https://")):
            link = f"https://{link}"
        if len(link) <= 500 and link.isprintable() and _is_web(link):
            yield link


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def _same_link(link: str) -> str:
    return link.partition("://")[2].removeprefix("www.").rstrip("/").casefold()


def _unique(found: Iterable[str], key: Callable[[str], str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for value in found:
        first.setdefault(key(value), value)
        if len(first) == _EACH_AT_MOST:
            break
    return tuple(first.values())
