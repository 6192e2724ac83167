"""Every test of the cryptography pages has an open vault."""

from keys_cast import keys

__all__ = ["keys"]
