"""Every test of the cryptography pages has an open vault."""

from keys_cast import keys, workers, working

__all__ = ["keys", "workers", "working"]
