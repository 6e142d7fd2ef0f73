"""Secrets, and signatures after Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from parley.core.crypto import decrypt, encrypt
from parley.webhooks.models import WebhookEndpoint

OVERLAP = timedelta(hours=24)  # as long an old secret signs beside the new one
_BYTES = 32


class Unreadable(Exception):
    """The secret was encrypted under another ``SECRET_KEY``."""


def new_secret() -> str:
    """A fresh secret as receivers know it: ``whsec_`` and base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def sealed(secret: str) -> bytes:
    """The secret as it is kept."""
    return encrypt(secret.encode())


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises ``Unreadable``."""
    kept = [endpoint.secret]
    until = endpoint.previous_secret_until
    if endpoint.previous_secret is not None and until is not None and now < until:
        kept.append(endpoint.previous_secret)
    plain = [decrypt(bytes(each)) for each in kept]
    if plain[0] is None:
        raise Unreadable
    return [each.decode() for each in plain if each is not None]


def signed_headers(secrets: list[str], *, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers that prove who sends ``body``, and when: a signature with each secret."""
    at = now.astimezone(UTC).replace(microsecond=0)  # the library reads the clock time as UTC
    signatures = [Webhook(each).sign(message_id, at, body) for each in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
