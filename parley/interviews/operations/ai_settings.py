"""The AI settings of slots and weekly patterns, checked as such and against the kits that the company has."""

from collections.abc import Callable, Mapping
from typing import Any

from parley.core.errors import Invalid
from parley.interviews.rules.settings import refuse_bad_settings

KnowsKit = Callable[[int, str | int], bool]
_knowing: list[KnowsKit] = []


def let_know_kits(knows: KnowsKit) -> None:
    """Name who tells whether a company may use the kit of an id or name: kits belong to a part above this one."""
    if knows not in _knowing:
        _knowing.append(knows)


def refuse_bad_ai_settings(settings: Mapping[str, Any], *, field: str, company_id: int) -> None:
    """Raise ``Invalid`` where a known key has a value that cannot be meant, or the kit is none of the company's."""
    refuse_bad_settings(settings, field=field)
    kit = settings.get("kit")
    if kit is not None and not all(knows(company_id, kit) for knows in _knowing):
        words = "kit must be the id or name of an interview kit that the company uses, or that comes with Parley."
        raise Invalid.field(field, words, code="bad_setting")
