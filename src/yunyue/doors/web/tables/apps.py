"""The tables' own Django application: it keeps people's views."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Saved views of long tables."""

    name = "yunyue.doors.web.tables"
    label = "tables"
