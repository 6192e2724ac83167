"""What a person with the right role does with a key outside a program: turn it over, stop it, destroy it, undo that."""

from yunyue.services.crypto.custody.acts import ACTS, Act, act

__all__ = ["ACTS", "Act", "act"]
