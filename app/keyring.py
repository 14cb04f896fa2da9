"""The keys of what is encrypted at rest: AES-256-GCM with a key id, HMAC-SHA256 for look-up.

The keys come from the environment and never stand in the database: a stolen dump holds neither a
national number nor a way to test one (../docs/architecture.md, « Données protégées »).
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Keyring:
    """The keys by id; the first encrypts, every one decrypts, so that keys can be rotated."""

    keys: dict[str, bytes]
    active: str
    hash_key: bytes

    @classmethod
    def parse(cls, keys: str, hash_key: str) -> Keyring:
        """From "id:base64,id:base64" and a base64 key, 32 bytes each. Raises ValueError otherwise."""
        parsed: dict[str, bytes] = {}
        for part in keys.split(","):
            name, _, encoded = part.strip().partition(":")
            key = base64.b64decode(encoded, validate=True)
            if not name or len(name) > 16 or len(key) != 32:
                raise ValueError("NISS_KEYS: expected id:base64 of 32 bytes")
            parsed[name] = key
        fingerprints = base64.b64decode(hash_key, validate=True)
        if len(fingerprints) != 32:
            raise ValueError("NISS_HASH_KEY: expected base64 of 32 bytes")
        return cls(parsed, next(iter(parsed)), fingerprints)

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return {name: AESGCM(key) for name, key in self.keys.items()}

    def encrypt(self, clear: bytes) -> bytes:
        """key id, a colon, nonce (12 bytes), ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        name = self.active.encode()
        return name + b":" + nonce + self._ciphers[self.active].encrypt(nonce, clear, name)

    def decrypt(self, sealed: bytes) -> bytes:
        """Raises KeyError for an unknown key, cryptography's InvalidTag for altered bytes."""
        name, _, rest = sealed.partition(b":")
        return self._ciphers[name.decode()].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], name)

    def fingerprint(self, clear: str) -> str:
        """Keyed hash for equality look-ups, 64 hex characters."""
        return hmac.digest(self.hash_key, clear.encode(), "sha256").hex()


_keyring: Keyring | None = None


def configure(keyring: Keyring) -> None:
    """Set the process's keys, once at start-up (and again by a test that rotates them)."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    """The process's keys. Raises RuntimeError before `configure`."""
    if _keyring is None:
        raise RuntimeError("the keyring is not configured")
    return _keyring
