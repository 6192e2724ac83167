"""Cryptography (密码应用服务): in the catalogue, not yet available."""
