"""Whom a probe trusts."""

import ssl
from functools import lru_cache


@lru_cache(maxsize=64)
def context(ca: str) -> ssl.SSLContext:
    """Trusts the certificates in `ca` (PEM) alone, or, when it is empty, those the system trusts."""
    return ssl.create_default_context(cadata=ca or None)
