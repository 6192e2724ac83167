"""Sealed columns for departments' own Django projects; nothing of the platform imports this room.

    class Citizen(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        number = SealedTextField(key="cells", identity="id", null=True)
        number_index = BlindIndexField(of="number", key="codes")
        objects = SealedManager()

and in the project's settings `YUNYUE_CRYPTO = {"ADDRESS": …, "TOKEN_FILE": …, "MOUNT": …}`. The format of cells is
that of `yunyue.services.crypto.fields`. It stands among the doors because Django stays out of the services' layer.
"""

from yunyue.doors.fields.index import BlindIndexField
from yunyue.doors.fields.queryset import SealedManager, SealedQuerySet
from yunyue.doors.fields.sealing import open_all, seal_all
from yunyue.doors.fields.text import SealedTextField
from yunyue.doors.fields.turning import Turned, turn_over
from yunyue.services.crypto.fields import ColumnFailed

__all__ = [
    "BlindIndexField",
    "ColumnFailed",
    "SealedManager",
    "SealedQuerySet",
    "SealedTextField",
    "Turned",
    "open_all",
    "seal_all",
    "turn_over",
]
