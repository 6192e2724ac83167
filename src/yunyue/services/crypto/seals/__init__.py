"""Who opens the vault beside the holders of shares: a PKCS#11 token, or a key of another vault."""
