"""The console as a Django application."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Overview, statement, journal and monitoring."""

    name = "yunyue.doors.web.console"
    label = "console"
