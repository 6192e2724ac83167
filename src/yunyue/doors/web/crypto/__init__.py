"""The console's pages about cryptography: keys, certificates, the self-check."""
