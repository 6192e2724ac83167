"""The access records as a Django application."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Noting every access to what is protected, and the audit administrator's search of it."""

    name = "yunyue.doors.web.access"
    label = "access"
