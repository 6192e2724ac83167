"""Every test of the crypto service may ask at an open vault's desk."""

from crypto_cast import desk

__all__ = ["desk"]
