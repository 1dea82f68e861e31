"""Keyed fingerprints, so that equal values can be found without being readable."""

import hashlib
import hmac


def value_hash(kind: str, normal: str, key: bytes) -> str:
    """HMAC-SHA256 as 64 hex characters; empty for an empty value, and different for each kind."""
    if not normal:
        return ""
    message = f"{kind}\x00{normal}".encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
