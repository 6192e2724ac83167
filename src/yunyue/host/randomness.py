"""What chance gives: ids that sort by the time they were made, passwords, tokens."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's 32 digits: none is taken for another when read aloud or off paper."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TIME_DIGITS: Final = 10
CHANCE_DIGITS: Final = 16


def identifier(prefix: str, now: datetime) -> str:
    """Such as "order-01jd2v0m8x…": milliseconds (10 digits), then 80 bits of chance. Sorts by time."""
    milliseconds = (now - EPOCH) // timedelta(milliseconds=1)
    return f"{prefix}-{_digits(milliseconds, TIME_DIGITS)}{_digits(secrets.randbits(80), CHANCE_DIGITS)}"


def password() -> str:
    """Four groups of five digits, 100 bits: long enough to be used once without other guards, short enough to type."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))


def token() -> str:
    """A bearer token of 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def _digits(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))
