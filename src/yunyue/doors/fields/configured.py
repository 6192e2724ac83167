"""The vault a Django project talks to: YUNYUE_CRYPTO in its settings, read at each use."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yunyue.services.crypto.client import Client, Key

SETTING: Final = "YUNYUE_CRYPTO"
MOUNT: Final = "transit"


def key_of(name: str) -> Key:
    """The key of that name in the project's key space. Raises ImproperlyConfigured when the setting is none."""
    given = getattr(settings, SETTING, None)
    if not isinstance(given, dict) or not given.get("ADDRESS"):
        raise ImproperlyConfigured(
            f'{SETTING} = {{"ADDRESS": …, "TOKEN_FILE": …, "MOUNT": …}} is missing in the settings'
        )
    try:
        return _client(str(given["ADDRESS"]), _token(given), str(given.get("MOUNT") or MOUNT)).key(name)
    except ValueError as error:
        raise ImproperlyConfigured(f"{SETTING}: {error}") from error


def _token(given: dict[str, str]) -> str:
    """From a file, so that a renewed token is taken up and none stands in the settings; or as it is."""
    path = given.get("TOKEN_FILE")
    if not path:
        return str(given.get("TOKEN") or "")
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{SETTING}: TOKEN_FILE cannot be read: {error}") from error


@lru_cache(maxsize=8)
def _client(address: str, token: str, mount: str) -> Client:
    return Client(address, token, mount)
