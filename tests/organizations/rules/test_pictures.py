"""Logos: known by their content, drawn anew, and refused with a sentence that helps."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from parley.core.errors import Invalid
from parley.organizations.rules.pictures import MOST_BYTES, read_logo

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EVIL = b"<html><script>alert(document.domain)</script></html>"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 20), **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#c02040").save(target, kind, **options)
    return target.getvalue()


def huge(width: int, height: int) -> bytes:
    """A small file that says it is so large a picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "kept"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "png")])
def test_pictures_are_drawn_anew(kind: str, kept: str) -> None:
    read = read_logo(picture(kind))
    assert (read.width, read.height) == (60, 20)
    assert read.name.endswith(f".{kept}")
    assert Image.open(io.BytesIO(read.content)).format == kept.upper()
    assert read == read_logo(picture(kind))  # the same picture has the same address


def test_a_large_one_is_made_smaller_and_keeps_its_shape() -> None:
    read = read_logo(picture(size=(2000, 500)))
    assert (read.width, read.height) == (480, 120)
    assert len(read.content) <= MOST_BYTES


def test_see_through_stays_see_through() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(target, "PNG")
    assert Image.open(io.BytesIO(read_logo(target.getvalue()).content)).getpixel((1, 1)) == (255, 0, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    """A file that is a page as well, for whoever reads it so: what is behind the picture, and inside as a comment."""
    assert b"<script>" not in read_logo(picture(kind) + EVIL + b"PK\x03\x04").content
    noted = PngImagePlugin.PngInfo()
    noted.add_text("Comment", EVIL.decode())
    exif = Image.Exif()
    exif[0x010E] = EVIL.decode()
    notes: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": noted},
        "JPEG": {"comment": EVIL},
        "WEBP": {"exif": exif},
    }
    content = picture(kind, **notes[kind], icc_profile=EVIL)
    assert b"<script>" in content or kind == "PNG"
    assert b"script" not in read_logo(content).content


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "empty_file", "empty"),
        (SVG, "unsupported_type", "Export the logo as PNG"),
        (b"\xef\xbb\xbf  <svg onload='x'/>", "unsupported_type", "Export the logo as PNG"),
        (EVIL, "unsupported_type", "PNG, JPEG or WebP"),
        (EVIL + picture(), "unsupported_type", "PNG, JPEG or WebP"),
        (picture("GIF"), "unsupported_type", "PNG, JPEG or WebP"),
        (b"GIF89a/*" + picture() + b"*/=1;", "unsupported_type", "PNG, JPEG or WebP"),
        (b"%PDF-1.7\n" + picture("JPEG"), "unsupported_type", "PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n" + EVIL, "damaged", "damaged"),
        (b"\xff\xd8\xff" + EVIL, "damaged", "damaged"),
        (b"RIFF\x10\0\0\0WEBP" + EVIL, "damaged", "damaged"),
        (picture()[:60], "damaged", "damaged"),
        (picture("JPEG")[:200], "damaged", "damaged"),
        (picture("WEBP")[:40], "damaged", "damaged"),
        (huge(60_000, 60_000), "too_large_inside", "too many pixels"),
        (huge(4001, 4001), "too_large_inside", "too many pixels"),
        (huge(100, 4000), "damaged", "damaged"),  # with less inside than it says
        (picture() + b"\0" * MOST_BYTES, "too_large", "512 KB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_logo_is_refused(content: bytes, code: str, word: str) -> None:
    with pytest.raises(Invalid, match=word) as refused:
        read_logo(content)
    assert (refused.value.code, list(refused.value.errors)) == (code, ["logo"])
