"""The texts of the candidates' pages in their languages: ``messages.py update | compile | check``.

``update`` writes what the code says into the catalogues, ``compile`` makes of them what Django reads, and ``check``
fails for a text that is missing, fuzzy, obsolete, or has lost a placeholder.
"""

import io
import re
import sys
from ast import literal_eval
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

WEB = Path(__file__).parents[1] / "parley" / "web"
LANGUAGES = ("de", "es", "fr", "hi")
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2)}
_STRING = r"u('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALLS = re.compile(rf" n?gettext\({_STRING}(?:, {_STRING})?")


def said() -> Catalog:
    """What the code says, each text with where."""
    catalog = Catalog(project="Parley", charset="utf-8")
    for path in sorted(WEB.rglob("*.py")):
        for found in extract_from_file("python", path, keywords=KEYWORDS):
            _add(catalog, _forms(found[1]), path)
    for path in sorted(WEB.rglob("*.html")):
        for forms in _in_template(path.read_text()):
            _add(catalog, forms, path)
    return catalog


def _in_template(source: str) -> Iterator[tuple[str, ...]]:
    """The texts of a template's tags, as Django itself rewrites them for xgettext."""
    for found in _CALLS.finditer(templatize(source)):
        yield tuple(literal_eval(each) for each in found.groups() if each)


def _add(catalog: Catalog, forms: tuple[str, ...], path: Path) -> None:
    # Without numbers of lines, a text that only moves changes no catalogue.
    place: Any = (str(path.relative_to(WEB.parents[1])), None)
    catalog.add(forms if len(forms) > 1 else forms[0], locations=[place])


def _po(language: str) -> Path:
    return WEB / "locale" / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, project="Parley", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=language)


def update() -> None:
    """Write the catalogues anew: texts that are there stay, new ones are empty, and what nobody says goes."""
    for language in LANGUAGES:
        catalog = _read(language)
        catalog.update(said(), no_fuzzy_matching=True)
        catalog.header_comment = f"# The candidates' pages in {catalog.locale.english_name}."  # type: ignore[union-attr]
        catalog.fuzzy = False
        path = _po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        write_po(written, catalog, width=118, sort_output=True, ignore_obsolete=True)
        path.write_bytes(_plain(written.getvalue()))


def _plain(written: bytes) -> bytes:
    """Without the lines that change with each run, or that name nobody: Git knows."""
    return re.sub(rb'"(?:POT-|PO-|Generated|Report|Last-Tr|Language-Team|Project)[^\n]*\n', b"", written)


def compile_all() -> None:
    """Make the files that Django reads."""
    for language in LANGUAGES:
        with _po(language).with_suffix(".mo").open("wb") as target:
            write_mo(target, _read(language))


def check() -> list[str]:
    """What is wrong with the catalogues, a line each."""
    wanted = {_forms(message.id) for message in said() if message.id}
    return [fault for language in LANGUAGES for fault in _faults(language, wanted)]


def _faults(language: str, wanted: set[tuple[str, ...]]) -> Iterator[str]:
    catalog = _read(language)
    there = {_forms(message.id): message for message in catalog if message.id}
    for text in sorted(wanted - set(there)):
        yield f"{language}: not in the catalogue: {text[0]!r}"
    for text in sorted(set(there) - wanted):
        yield f"{language}: nobody says this any more: {text[0]!r}"
    for text, message in there.items():
        if not all(_forms(message.string)):
            yield f"{language}: not translated: {text[0]!r}"
        if message.fuzzy:
            yield f"{language}: fuzzy: {text[0]!r}"
        yield from (f"{language}: {error} {text[0]!r}" for error in message.check(catalog))


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One form, or those for one and for several."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def main(what: str) -> int:
    """Do what the command line says; returns the exit code."""
    if what == "check":
        faults = check()
        sys.stderr.write("".join(f"{fault}\n" for fault in faults))
        return 1 if faults else 0
    {"update": update, "compile": compile_all}[what]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
