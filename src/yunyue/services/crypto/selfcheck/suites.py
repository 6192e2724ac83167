"""Suites to ask a server for: the weak ones, the usual ones, and those with Chinese algorithms."""

from typing import Final

TLCP_SUITES: Final = {
    0xE013: "ECC_SM4_CBC_SM3",
    0xE053: "ECC_SM4_GCM_SM3",
    0xE011: "ECDHE_SM4_CBC_SM3",
    0xE051: "ECDHE_SM4_GCM_SM3",
    0xE019: "RSA_SM4_CBC_SM3",
    0xE059: "RSA_SM4_GCM_SM3",
}
"""GB/T 38636—2020 §6.4.5.2.1. The last two prove who the server is by RSA."""

WITH_RSA: Final = frozenset({0xE019, 0xE059})
SM_TLS13: Final = {0x00C6: "TLS_SM4_GCM_SM3", 0x00C7: "TLS_SM4_CCM_SM3"}
"""RFC 8998 §2."""

TLS13_SUITES: Final = (0x1301, 0x1302, 0x1303)
# fmt: off
USUAL: Final = (
    0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA8, 0xCCA9, 0x009E, 0x009F,
    0xC009, 0xC013, 0xC00A, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035, 0x000A,
)
WEAK: Final = (
    0x0001, 0x0002, 0x003B,  # RSA without encryption
    0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000A,  # RSA with RC4, export keys, DES, 3DES
    0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016,  # DHE with export keys, DES, 3DES
    0x0017, 0x0018, 0x0019, 0x001A, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7,  # nobody proves who
    0xC006, 0xC007, 0xC008, 0xC010, 0xC011, 0xC012, 0xC015, 0xC016, 0xC017, 0xC018, 0xC019,  # ECDHE of that kind
)
# fmt: on
"""No encryption, no authentication, export keys, RC4, DES or 3DES (RFC 7465, RFC 9325 §4.2)."""
