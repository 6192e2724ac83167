"""Cryptography (密码应用服务): keys and certificates on the wire format of Vault clients, with SM2, SM3 and SM4."""
