"""Keyed fingerprints, so that equal values can be found without being readable."""

import hashlib
import hmac


def value_hash(kind: str, normal: str, key: bytes) -> str:
    """HMAC-SHA256 as 64 hex characters; empty for an empty value, and different for each kind."""
    if not normal:
        return ""
    message = f"{kind}\x00{normal}".encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def stable_hash(text: str) -> int:
    """64 bits with a sign, the same in every process and release: only to compare, never to keep a secret."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], signed=True)
