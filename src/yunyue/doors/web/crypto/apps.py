"""The cryptography pages as a Django application: it keeps wishes to destroy keys, and self-check reports."""

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    """Keys, certificates, self-check."""

    name = "yunyue.doors.web.crypto"
    label = "crypto"
