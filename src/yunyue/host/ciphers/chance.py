"""Random octets for keys, nonces and tokens, from the operating system."""

import os


def random_octets(count: int) -> bytes:
    """`count` octets nobody can foretell."""
    return os.urandom(count)
