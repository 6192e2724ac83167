"""The console that all rooms share."""

from console_cast import first_password, log_in, office, own_office, settings, told

__all__ = ["first_password", "log_in", "office", "own_office", "settings", "told"]
