"""The orders' own Django application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and instances."""

    name = "yunyue.doors.web.orders"
    label = "orders"
