"""Tokens and money. Money is counted in millionths of a US dollar, the currency in which providers publish prices."""

from dataclasses import dataclass

MICROS = 1_000_000  # in a dollar
CHARACTERS_A_TOKEN = 3  # cautious: English has about four


@dataclass(frozen=True, kw_only=True)
class Price:
    """Dollars for a million tokens."""

    input: float
    output: float

    def cost_micros(self, *, input_tokens: int, output_tokens: int) -> int:
        """What so many tokens cost; dollars for a million are millionths of a dollar for one."""
        return round(input_tokens * self.input + output_tokens * self.output)


def tokens_in(text: str) -> int:
    """About how many tokens a text has: for reservations, and where a provider does not say."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a company may use in a calendar month, and at once; None is without limit."""

    monthly_tokens: int | None = None
    monthly_cost_micros: int | None = None
    concurrent_sessions: int | None = None


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a company has used in a month, with what is reserved."""

    tokens: int = 0
    cost_micros: int = 0


def has_room(limits: Limits, used: Used, *, tokens: int) -> bool:
    """Whether so many more tokens stay within the limits. Money is looked at as it has been spent: a call's price is
    known only afterwards."""
    if limits.monthly_tokens is not None and used.tokens + tokens > limits.monthly_tokens:
        return False
    return limits.monthly_cost_micros is None or used.cost_micros < limits.monthly_cost_micros
