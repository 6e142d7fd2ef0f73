"""A company's accent colour, made readable: contrasts after WCAG 2.2, success criterion 1.4.3."""

import re
from dataclasses import dataclass

READABLE = 4.5
_ENOUGH = 4.6  # a little more, so that rounding to whole steps of a channel never falls below
_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_SHORT = re.compile(r"#[0-9a-f]{3}", re.ASCII)
BLACK, WHITE = "#000000", "#ffffff"
LIGHT_GROUNDS = ("#ffffff", "#f4f5f7", "#e6f0fa")
DARK_GROUNDS = ("#12161c", "#1b212a", "#22354a")
"""What candidates' pages are drawn on: ``--sheet``, ``--ground`` and ``--tint`` of their style sheets."""
_STEPS = 50
_Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Shades:
    """What an accent becomes on grounds of one kind.

    ``fill`` is the colour itself, with ``on_fill`` readable on it; ``text`` is readable on the grounds, and ``on_text``
    on that.
    """

    fill: str
    on_fill: str
    text: str
    on_text: str


def colour(written: str) -> str | None:
    """The colour as ``#rrggbb``, of ``#RGB`` or ``rrggbb`` too; None for what is none."""
    text = "#" + written.strip().lower().removeprefix("#")
    if _SHORT.fullmatch(text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    return text if _HEX.fullmatch(text) else None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on(ground: str) -> str:
    """White or black, whichever reads better: at least 4.58 to 1 on any ground, as 21 is the two contrasts' product."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, ground))


def light(accent: str) -> Shades:
    """For the light pages: where it is too bright to be read as text, that is darkened."""
    return _shades(accent, grounds=LIGHT_GROUNDS, toward=BLACK)


def dark(accent: str) -> Shades:
    """For the dark pages: where it is too dark to be read as text, that is lightened."""
    return _shades(accent, grounds=DARK_GROUNDS, toward=WHITE)


def _shades(accent: str, *, grounds: tuple[str, ...], toward: str) -> Shades:
    mixed = (_mixed(accent, toward, step / _STEPS) for step in range(_STEPS + 1))
    text = next(each for each in mixed if min(contrast(each, ground) for ground in grounds) >= _ENOUGH)
    return Shades(fill=accent, on_fill=on(accent), text=text, on_text=on(text))


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in pairs)


def _luminance(text: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(text)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(text: str) -> _Channels:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
