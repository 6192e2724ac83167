"""What the fixtures of this room give, for annotations."""

from collections.abc import Callable

from django.test import Client

LogIn = Callable[..., Client]
GOOD_PASSWORD = "a-good-long-pass-phrase"
