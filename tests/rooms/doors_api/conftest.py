"""The console that all rooms share; the API stands on its accounts."""

from console_cast import first_password, log_in, office, own_office, settings, told

__all__ = ["first_password", "log_in", "office", "own_office", "settings", "told"]
