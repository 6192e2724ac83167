"""Promises that the crypto service's storage broke."""


class VaultBroken(Exception):
    """The store or the use log cannot be trusted or written; nothing more is done until a person looked at it."""


class NotThisVault(VaultBroken):
    """The file is no store of keys, or was made by another version of the program."""


class RowTampered(VaultBroken):
    """A row does not belong where it lies, or was changed: it was not written there by this vault."""


class StorageFailed(VaultBroken):
    """The disk or the database failed; nobody knows what is on it."""


class IsSealed(VaultBroken):
    """The vault was sealed while something was still using it."""
