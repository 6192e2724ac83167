"""The archive's own Django application."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Archive and papers."""

    name = "yunyue.doors.web.archive"
    label = "archive"
