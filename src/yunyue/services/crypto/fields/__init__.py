"""Columns whose content only the vault can read, in the databases of departments' own programs.

A cell holds what transit answers, `vault:v3:…`, bound to table, column and row: moved to another row it does not open.
Equal values can be found through a blind index beside it, an HMAC under a key of its own. The same format whichever
library writes it: `fields.sqlalchemy` here, Django's fields in `yunyue.doors.fields` (Django stays out of services).
"""

from yunyue.services.crypto.fields.column import BlindIndex, ColumnFailed, Sealed, SealedColumn

__all__ = ["BlindIndex", "ColumnFailed", "Sealed", "SealedColumn"]
