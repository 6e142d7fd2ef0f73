"""The tests themselves: they reach nobody."""

import os

import httpx
import pytest

from tests.plugins.network import ReachesOut


@pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]"])
def test_no_test_reaches_another_machine(host: str) -> None:
    with pytest.raises(ReachesOut, match="stay on this machine"):
        httpx.get(f"http://{host}/", timeout=1)


def test_no_key_of_a_provider_is_known() -> None:
    assert [name for name in os.environ if name.startswith(("OPENAI_", "ANTHROPIC_", "GOOGLE_"))] == []
