"""Monitoring's pages as a Django application."""

from django.apps import AppConfig


class MonitorPagesConfig(AppConfig):
    """The pages of monitoring; they keep no tables."""

    name = "yunyue.doors.web.monitor"
    label = "monitor_pages"
