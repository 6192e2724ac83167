"""Packages that should not do cryptography, among those installed: by name, with why."""

import re
from collections.abc import Iterable
from typing import Final

from yunyue.services.crypto.selfcheck.finding import Finding
from yunyue.settlement.statement import Said

UNSAFE: Final = {
    "gmssl": Said(
        "纯 Python 的 SM2：随机数来自梅森旋转，被篡改的 C3 仍被接受",
        "SM2 in pure Python: nonces from a Mersenne twister, a tampered C3 is accepted",
    ),
    "smcryptopy": Said("畸形签名使进程中止", "a malformed signature aborts the process"),
    "tongsuopy": Said("自 2023 年未更新，缺 SM2 加密", "not maintained since 2023, no SM2 encryption"),
    "pycrypto": Said("2013 年起无人维护，存在 CVE-2013-7459", "unmaintained since 2013, CVE-2013-7459"),
    "ecdsa": Said("非恒定时间，CVE-2024-23342 不修复", "not constant time; CVE-2024-23342 will not be fixed"),
    "rsa": Said("纯 Python，非恒定时间，CVE-2020-25658", "pure Python, not constant time, CVE-2020-25658"),
}
BROKEN: Final = frozenset({"gmssl", "smcryptopy", "pycrypto"})
"""Whose use is wrong in itself; the others depend on what they are used for."""
_NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def look(lines: Iterable[str], name: str) -> list[Finding]:
    """What is found of a list of packages: names, or lines of requirements (`pip freeze`)."""
    names = {canonical(matched[1]) for line in lines if (matched := _NAME.match(line.partition("#")[0]))}
    if not names:
        return [Finding("5", "unchecked", name, Said("没有软件包", "there are no packages"))]
    unsafe = sorted(names & UNSAFE.keys())
    if not unsafe:
        said = Said(
            f"{len(names)} 个软件包中未见已知不安全的密码包", f"none of {len(names)} packages is known to be unsafe"
        )
        return [Finding("5", "meets", name, said)]
    return [Finding("5", "fails" if one in BROKEN else "partly", f"{name}: {one}", UNSAFE[one]) for one in unsafe]


def canonical(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
