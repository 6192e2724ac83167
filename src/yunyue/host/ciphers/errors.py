"""Promises that ciphers or their keys broke."""


class CipherBroken(Exception):
    """A cipher failed where it must not, such as signing with a good key."""


class MalformedKey(CipherBroken):
    """These bytes are not a key of the algorithm."""


class WrongText(CipherBroken):
    """A key was asked to sign something other than what it exists for."""
