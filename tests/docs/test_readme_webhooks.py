"""The README's function for receivers takes what Parley signs, and nothing else."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from parley.webhooks.signing import new_secret, signed_headers

README = Path(__file__).resolve().parents[2] / "README.md"
BODY = '{"type":"webhook.test"}'


def is_from_parley() -> Any:
    (code,) = re.findall(r"^```python\n(.*?)^```\n", README.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_from_parley"]


def signed(*secrets: str, now: datetime) -> dict[str, str]:
    return signed_headers(list(secrets), message_id="msg_1", body=BODY, now=now)


def test_the_readmes_function_takes_what_is_signed_with_either_secret() -> None:
    check, old, new = is_from_parley(), new_secret(), new_secret()
    headers = signed(new, old, now=datetime.now(UTC))
    assert check(headers, BODY.encode(), old)
    assert check(headers, BODY.encode(), new)


def test_the_readmes_function_refuses_the_rest() -> None:
    check, secret = is_from_parley(), new_secret()
    headers = signed(secret, now=datetime.now(UTC))
    assert not check(headers, BODY.encode() + b" ", secret)
    assert not check(headers, BODY.encode(), new_secret())
    assert not check(headers | {"webhook-id": "msg_2"}, BODY.encode(), secret)
    assert not check(signed(secret, now=datetime.now(UTC) - timedelta(minutes=6)), BODY.encode(), secret)


def test_the_readmes_example_is_a_body() -> None:
    (text,) = re.findall(r"^```json\n(\{\n  \"type\".*?)^```\n", README.read_text(), re.MULTILINE | re.DOTALL)
    assert set(json.loads(text)) == {"type", "timestamp", "data", "schema_version"}
