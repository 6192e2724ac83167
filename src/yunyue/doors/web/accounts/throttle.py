"""Too many wrong passwords for one name close it for a while, in this process."""

from typing import Final

from django.core.cache import cache

ATTEMPTS: Final = 10
SECONDS: Final = 15 * 60


def closed(username: str) -> bool:
    """Whether the name has used up its attempts."""
    return int(cache.get(_key(username), 0)) >= ATTEMPTS


def failed(username: str) -> None:
    """Count a wrong password; the time runs from the first one."""
    if not cache.add(_key(username), 1, SECONDS):
        cache.incr(_key(username))


def succeeded(username: str) -> None:
    """Forget the wrong ones."""
    cache.delete(_key(username))


def _key(username: str) -> str:
    return f"wrong-passwords:{username.lower().encode('utf-8').hex()[:160]}"
