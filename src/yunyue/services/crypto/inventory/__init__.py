"""What cryptography is in use here: keys, certificates, algorithms, providers; as values, and as a CycloneDX CBOM."""

from yunyue.services.crypto.inventory.cbom import cbom
from yunyue.services.crypto.inventory.holdings import HeldCertificate, HeldKey, Holdings, holdings, visible

__all__ = ["HeldCertificate", "HeldKey", "Holdings", "cbom", "holdings", "visible"]
