"""FF1 (NIST SP 800-38G): encrypts a text of digits into one of the same length and alphabet, over AES or SM4.

FF3 is withdrawn and not here. The domain radix^length must reach one million (SP 800-38G revision 1): below that an
attacker tries every value.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, CipherContext, algorithms, modes

from yunyue.answer import Refused
from yunyue.host.ciphers.interface import Unavailable

SMALLEST_DOMAIN: Final = 1_000_000
LONGEST: Final = 4096
LONGEST_TWEAK: Final = 4096
ROUNDS: Final = 10
_BLOCKS: Final = {"sm4": algorithms.SM4, "aes": algorithms.AES}


class Ff1:
    """One key. `encrypt` and `decrypt` take numerals below `radix`; the tweak is public and separates uses."""

    def __init__(self, block: str, key: bytes) -> None:
        self._block: BlockCipherAlgorithm = _BLOCKS[block](key)

    def encrypt(self, numerals: Sequence[int], radix: int, tweak: bytes = b"") -> list[int] | Refused:
        """As many numerals; Refused for a domain too small, a text too long, or a numeral outside the radix."""
        return _refused(numerals, radix, tweak) or self._turn(numerals, radix, tweak, forward=True)

    def decrypt(self, numerals: Sequence[int], radix: int, tweak: bytes = b"") -> list[int] | Refused:
        """What encrypt was given. There is no tag: a wrong key or tweak gives other numerals, not an error."""
        return _refused(numerals, radix, tweak) or self._turn(numerals, radix, tweak, forward=False)

    def _turn(self, numerals: Sequence[int], radix: int, tweak: bytes, *, forward: bool) -> list[int]:
        size, half = len(numerals), len(numerals) // 2
        left, right = _number(numerals[:half], radix), _number(numerals[half:], radix)
        width = ((radix ** (size - half) - 1).bit_length() + 7) // 8
        head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([ROUNDS, half % 256])
        head += size.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
        head += tweak + bytes(-(len(tweak) + width + 1) % 16)
        moduli = (radix**half, radix ** (size - half))
        block = Cipher(self._block, modes.ECB()).encryptor()  # noqa: S305 - FF1 is defined over the bare block cipher
        for turn in range(ROUNDS) if forward else reversed(range(ROUNDS)):
            shown = right if forward else left
            noise = _noise(block, head + bytes([turn]) + shown.to_bytes(width, "big"), 4 * ((width + 3) // 4) + 4)
            if forward:
                left, right = right, (left + noise) % moduli[turn % 2]
            else:
                left, right = (right - noise) % moduli[turn % 2], left
        return _numerals(left, radix, half) + _numerals(right, radix, size - half)


def _noise(block: CipherContext, text: bytes, length: int) -> int:
    """PRF (a CBC-MAC) of the text, drawn out to `length` bytes."""
    mac = bytes(16)
    for start in range(0, len(text), 16):
        mac = block.update(_mixed(mac, text[start : start + 16]))
    drawn = mac
    for index in range(1, (length + 15) // 16):
        drawn += block.update(_mixed(mac, index.to_bytes(16, "big")))
    return int.from_bytes(drawn[:length], "big")


def _mixed(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(16, "big")


def _number(numerals: Sequence[int], radix: int) -> int:
    number = 0
    for numeral in numerals:
        number = number * radix + numeral
    return number


def _numerals(number: int, radix: int, count: int) -> list[int]:
    found = []
    for _ in range(count):
        number, numeral = divmod(number, radix)
        found.append(numeral)
    return found[::-1]


def _refused(numerals: Sequence[int], radix: int, tweak: bytes) -> Refused | None:
    if not 2 <= radix <= 65536:
        return Refused(f"an alphabet has 2 to 65536 characters, not {radix}", "alphabet")
    if not 2 <= len(numerals) <= LONGEST:
        return Refused(f"a text has 2 to {LONGEST} characters, not {len(numerals)}", "value")
    if radix ** min(len(numerals), 20) < SMALLEST_DOMAIN:
        return Refused(f"{radix}^{len(numerals)} values are fewer than {SMALLEST_DOMAIN}: too easy to guess", "value")
    if len(tweak) > LONGEST_TWEAK:
        return Refused(f"a tweak has at most {LONGEST_TWEAK} bytes", "tweak")
    if any(not 0 <= numeral < radix for numeral in numerals):
        return Refused("a character outside the alphabet", "value")
    return None


@cache
def ff1_fault() -> Unavailable | None:
    """Why FF1 cannot be used; None when NIST's samples 1 to 3 come out right, and SM4 comes back from itself."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    digits, cipher = list(range(10)), Ff1("aes", key)
    letters = [*range(10), *range(10, 19)]
    samples = (
        (digits, 10, b"", [2, 4, 3, 3, 4, 7, 7, 4, 8, 4]),
        (digits, 10, bytes.fromhex("39383736353433323130"), [6, 1, 2, 4, 2, 0, 0, 7, 7, 3]),
        (letters, 36, bytes.fromhex("3737373770717273373737"), [int(c, 36) for c in "a9tv40mll9kdu509eum"]),
    )
    if any(cipher.encrypt(given, radix, tweak) != wanted for given, radix, tweak, wanted in samples):
        return Unavailable("ff1", "a sample of NIST SP 800-38G comes out wrong")
    chinese = Ff1("sm4", key)
    turned = chinese.encrypt(digits, 10, b"t")
    if isinstance(turned, Refused) or turned == digits or chinese.decrypt(turned, 10, b"t") != digits:
        return Unavailable("ff1", "SM4-FF1 does not come back from itself")
    return None
