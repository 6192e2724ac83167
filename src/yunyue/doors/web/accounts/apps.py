"""The accounts as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, their roles, and the gate in front of every page."""

    name = "yunyue.doors.web.accounts"
    label = "accounts"
