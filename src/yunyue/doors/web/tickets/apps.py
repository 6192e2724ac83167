"""The tickets' own Django application."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets and incidents."""

    name = "yunyue.doors.web.tickets"
    label = "tickets"
