"""Words of the cryptography pages."""
