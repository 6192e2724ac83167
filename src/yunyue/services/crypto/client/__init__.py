"""A client for programs of departments: encrypts fields, files and streams, and searches without decrypting.

Only the standard library underneath, so that a program needs nothing else to talk to the vault.
"""

from yunyue.services.crypto.client.connection import Client
from yunyue.services.crypto.client.key import Key

__all__ = ["Client", "Key"]
