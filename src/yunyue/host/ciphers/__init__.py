"""The ciphers the platform signs and verifies with, each behind the same small interface and each self-checked."""

from yunyue.host.ciphers.interface import Algorithm, Provider, Signer, Unavailable, Verifier
from yunyue.host.ciphers.registry import provider_for, self_check

__all__ = ["Algorithm", "Provider", "Signer", "Unavailable", "Verifier", "provider_for", "self_check"]
