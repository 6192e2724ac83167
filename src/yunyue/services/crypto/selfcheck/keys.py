"""Keys by age, rotation, algorithm and whether they may leave; the vault itself as a product."""

from typing import Final

from yunyue.services.crypto.inventory.algorithms import algorithm_of
from yunyue.services.crypto.inventory.holdings import HeldKey, Holdings
from yunyue.services.crypto.selfcheck.finding import Finding
from yunyue.settlement.statement import Said

OLDEST_DAYS: Final = 365
CHINESE: Final = ("SM2", "SM3", "SM4")
LIFE: Final = "附录B"


def look(held: Holdings, oldest_days: int = OLDEST_DAYS) -> list[Finding]:
    """What is found of each key that is in use, and of what keeps them."""
    found = [one for key in held.keys if key.state == "active" for one in _key(key, held.now, oldest_days)]
    product = Said(
        "密钥保管在本平台的软件模块中，未经商用密码产品认证；需要认证的，在封印处接入密码机",
        "keys are kept by this platform's software module, which is no certified product; an HSM plugs in at the seal",
    )
    return [*found, Finding("8.4p", "fails", "yunyue crypto", product)] if found else []


def unread() -> list[Finding]:
    """What is said of keys that could not be looked at."""
    said = Said("密码库已封存，密钥无法查看", "the vault was sealed; its keys could not be looked at")
    return [Finding(item, "unchecked", "yunyue crypto", said) for item in (LIFE, "5")]


def _key(key: HeldKey, now: int, oldest_days: int) -> list[Finding]:
    name, age = f"{key.mount.path}{key.name}", key.age_days(now)
    return [_life(key, name, age, oldest_days), _algorithm(key, name)]


def _life(key: HeldKey, name: str, age: int, oldest_days: int) -> Finding:
    if not key.turned:
        said = Said("密码库未告知其版本的建立时间", "the vault does not tell when its version was made")
        return Finding(LIFE, "unchecked", name, said)
    if age > oldest_days:
        said = Said(
            f"最新版本已用 {age} 天，超过 {oldest_days} 天", f"its latest version is {age} days old, over {oldest_days}"
        )
        return Finding(LIFE, "fails", name, said)
    lacking = []
    if not key.period:
        lacking.append(("未设定期轮换", "no schedule of rotation"))
    if key.exportable:
        lacking.append(("可明文导出", "it may be exported in plain"))
    if lacking:
        chinese, english = "、".join(zh for zh, _ in lacking), ", ".join(en for _, en in lacking)
        return Finding(LIFE, "partly", name, Said(f"已用 {age} 天；{chinese}", f"{age} days old; {english}"))
    days = key.period // 86_400
    return Finding(
        LIFE, "meets", name, Said(f"已用 {age} 天，每 {days} 天轮换", f"{age} days old, rotated every {days} days")
    )


def _algorithm(key: HeldKey, name: str) -> Finding:
    algorithm = algorithm_of(key.kind)
    if algorithm.family in CHINESE or algorithm.parameters in CHINESE:
        return Finding("5", "meets", name, Said(f"采用 {algorithm.name}", f"uses {algorithm.name}"))
    said = Said(f"采用国际算法 {algorithm.name}", f"uses the international algorithm {algorithm.name}")
    return Finding("5", "partly", name, said)
