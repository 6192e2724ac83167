"""The score sheets' own Django application."""

from django.apps import AppConfig


class ScoresConfig(AppConfig):
    """Score sheets and templates."""

    name = "yunyue.doors.web.scores"
    label = "scores"
