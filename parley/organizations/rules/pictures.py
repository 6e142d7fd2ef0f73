"""A logo as it is taken in: looked at by its content, and drawn anew, so that nothing but the picture is kept."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from parley.core.errors import Invalid

MOST_BYTES = 512 * 1024
MOST_PIXELS = 16_000_000  # before they are drawn: what is small as a file may be endless as a picture
WIDEST, HIGHEST = 480, 240  # twice of what is shown, for fine screens; drawn anew it is never above MOST_BYTES
_STARTS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_ADVICE = "Choose a PNG, JPEG or WebP picture."


@dataclass(frozen=True)
class Picture:
    """A logo to keep: ``name`` is made of its content and kind (``png``, ``jpeg``); sizes are in pixels."""

    content: bytes
    name: str
    width: int
    height: int


def read_upload(file: "UploadedFile[Any]") -> Picture:
    """The same of a file that was sent, which is not read where it is too large."""
    if (file.size or 0) > MOST_BYTES:
        raise _too_large()
    return read_logo(file.read())


def read_logo(content: bytes) -> Picture:
    """The picture, drawn anew; raises ``Invalid`` naming ``logo`` for what is none, is too large, or is broken."""
    if len(content) > MOST_BYTES:
        raise _too_large()
    if not content:
        raise _refusal("The file is empty.", "empty_file")
    found = _sniffed(content)
    if found is None:
        raise _foreign(content)
    try:
        return _drawn(content, found)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # whatever a decoder stumbles over is a broken picture
        raise _refusal("The picture is damaged. Export it again.", "damaged") from error


def _drawn(content: bytes, found: str) -> Picture:
    with Image.open(io.BytesIO(content), formats=(found,)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_many_pixels()
        opened.load()
        turned = ImageOps.exif_transpose(opened)
        picture = turned.convert("RGB" if found == "JPEG" else "RGBA")
    picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    picture.info.clear()  # profiles and comments are written again otherwise
    kind, target = ("jpeg" if found == "JPEG" else "png"), io.BytesIO()
    if kind == "jpeg":
        picture.save(target, "JPEG", quality=92, optimize=True)
    else:
        picture.save(target, "PNG", optimize=True)
    kept = target.getvalue()
    name = f"{hashlib.sha256(kept).hexdigest()[:32]}.{kind}"
    return Picture(content=kept, name=name, width=picture.width, height=picture.height)


def _sniffed(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)


def _foreign(content: bytes) -> Invalid:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") and b"<svg" in content[:4096].lower():
        text = "SVG is not taken, because it can carry scripts. Export the logo as PNG, about 480 pixels wide."
        return _refusal(text, "unsupported_type")
    return _refusal(f"This type of file is not taken. {_ADVICE}", "unsupported_type")


def _too_large() -> Invalid:
    return _refusal(f"The file is larger than {MOST_BYTES // 1024} KB. Export it smaller.", "too_large")


def _too_many_pixels() -> Invalid:
    return _refusal("The picture has too many pixels. Export it at most 4000 pixels wide.", "too_large_inside")


def _refusal(text: str, code: str) -> Invalid:
    return Invalid.field("logo", text, code=code)
