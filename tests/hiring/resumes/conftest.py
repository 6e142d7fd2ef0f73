from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    """Return a sample's bytes by its file name."""
    return lambda name: (SAMPLES / name).read_bytes()


@pytest.fixture
def altered_docx(sample: Callable[[str], bytes]) -> Callable[..., bytes]:
    """Return a sample DOCX with some of its parts replaced or added."""

    def alter(parts: Mapping[str, bytes], name: str = "text-box-office.docx") -> bytes:
        with ZipFile(BytesIO(sample(name))) as source:
            everything = {entry: source.read(entry) for entry in source.namelist()} | dict(parts)
        return zipped(everything)

    return alter


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def zipped_parts() -> Callable[[Mapping[str, bytes]], bytes]:
    return zipped
