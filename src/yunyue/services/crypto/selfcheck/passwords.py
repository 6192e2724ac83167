"""How passwords are stored: by the form of their hashes, none of which is kept or shown."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal

from yunyue.services.crypto.selfcheck.finding import Finding, State
from yunyue.settlement.statement import Said

Strength = Literal["chinese", "strong", "slow", "weak", "unusable", "unknown"]
MOST: Final = 1_000_000
LEAST_ROUNDS: Final = {"pbkdf2_sha256": 600_000, "pbkdf2_sha1": 1_300_000, "pbkdf2_sm3": 600_000}
"""OWASP's Password Storage Cheat Sheet for PBKDF2; for SM3, of SHA-256's size and speed, the same as for SHA-256."""
_FORMS: Final[tuple[tuple[str, Strength, str], ...]] = (
    (r"argon2\$argon2id\$.+|\$argon2id\$.+", "strong", "Argon2id"),
    (r"(bcrypt(_sha256)?\$)?\$2[aby]\$1[0-9]\$.+|(bcrypt(_sha256)?\$)?\$2[aby]\$[23]\d\$.+", "strong", "bcrypt"),
    (r"(bcrypt(_sha256)?\$)?\$2[aby]\$0\d\$.+", "slow", "bcrypt < 10"),
    (r"scrypt\$.+|\$7\$.+|\$y\$.+|\$gy\$.+", "strong", "scrypt / yescrypt"),
    (r"\$[56]\$.+", "slow", "sha-crypt"),
    (r"\$1\$.+|\$apr1\$.+|md5\$.+|sha1\$.+|unsalted_\w+\$.+|\{S?(MD5|SHA)\}.+", "weak", "MD5 / SHA-1"),
    (r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}", "weak", "MD5 / SHA-1"),
    (r"[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}", "weak", "bare digest"),
    (r"!.*|\*.*|", "unusable", "—"),
)
_PBKDF2: Final = re.compile(r"(pbkdf2_\w+)\$(\d{1,10})\$[^$]+\$.+")


def look(hashes: Iterable[str], name: str) -> list[Finding]:
    """What is found of a table of passwords: how many of each form; `name`: whose table."""
    counted = Counter(form(one) for one in hashes)
    usable = {key: count for key, count in counted.items() if key[0] != "unusable"}
    if counted and not usable:
        said = Said(
            "所有账户均不能以口令登录，没有口令可保护", "nobody logs in by a password: there is none to protect"
        )
        return [Finding("8.4e", "inapplicable", name, said)]
    if not usable:
        return [Finding("8.4e", "unchecked", name, Said("没有可看的口令", "there is no password to look at"))]
    shown = ", ".join(f"{title} × {count}" for (_, title), count in sorted(usable.items()))
    strengths = {strength for strength, _ in usable}
    state, said = _judged(strengths)
    return [Finding("8.4e", state, name, Said(f"{said.zh}（{shown}）", f"{said.en} ({shown})"))]


def form(hashed: str) -> tuple[Strength, str]:
    """How strong a stored password is by its form, and what the form is called."""
    found = _PBKDF2.fullmatch(hashed)
    if found is not None:
        name, rounds = found[1], int(found[2])
        if rounds < LEAST_ROUNDS.get(name, LEAST_ROUNDS["pbkdf2_sha256"]):
            return "slow", f"{name} {rounds}"
        return ("chinese" if name == "pbkdf2_sm3" else "strong"), name
    return next(
        ((strength, title) for pattern, strength, title in _FORMS if re.fullmatch(pattern, hashed)),
        ("unknown", "plain text?"),
    )


def _judged(strengths: set[Strength]) -> tuple[State, Said]:
    if "unknown" in strengths:
        return "fails", Said("有的口令不是任何已知散列，可能是明文", "some are no known hash, perhaps plain text")
    if "weak" in strengths:
        return "fails", Said("有的口令仅以快速或已被攻破的散列保存", "some are kept under fast or broken digests")
    if "slow" in strengths:
        return "partly", Said("有的口令的迭代次数不足", "some have too few rounds")
    if strengths == {"chinese"}:
        return "meets", Said("以 SM3 加盐迭代保存", "kept salted and stretched by SM3")
    return "partly", Said("加盐迭代保存，采用国际算法", "kept salted and stretched, by international algorithms")
