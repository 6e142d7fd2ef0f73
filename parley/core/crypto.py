"""Encryption of what the database must keep but nobody should read there (Fernet, keyed from ``SECRET_KEY``)."""

import base64
import functools
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


@functools.cache
def _cipher(secret: str) -> Fernet:
    key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"parley-at-rest").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def encrypt(plain: bytes) -> bytes:
    """Encrypt and authenticate."""
    return _cipher(settings.SECRET_KEY).encrypt(plain)


def decrypt(token: bytes) -> bytes | None:
    """The plain bytes, or None where another ``SECRET_KEY`` made the token or it was tampered with."""
    try:
        return _cipher(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        return None
