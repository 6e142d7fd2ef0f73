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


def derived_secret(purpose: str, nonce: str) -> str:
    """A secret of 256 bits that only this installation can make from ``nonce``, the same each time.

    So a secret that people get by mail can be written into a later mail, too, while the database holds its hash and the
    nonce alone. Another ``SECRET_KEY`` makes another one: compare with the hash before you use it.
    """
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"parley-secrets").digest()
    digest = hashlib.blake2b(f"{purpose}:{nonce}".encode(), key=key, digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
