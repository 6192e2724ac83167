"""The accounts as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, their roles, and the gate in front of every page."""

    name = "yunyue.doors.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Sessions are noted from the first login on, and changes of factors from the first one on."""
        from yunyue.doors.web.accounts import changes, sitting  # Django's models can be imported only now

        sitting.connect()
        changes.connect()
