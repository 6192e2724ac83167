"""What a configuration of sshd says: the file, or better the answer of `sshd -T`, which shows defaults too.

OpenSSH has no Chinese algorithms, so the best a sound configuration can be is partly met.
"""

import re
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Final

from yunyue.services.crypto.selfcheck.finding import Finding
from yunyue.settlement.statement import Said

LARGEST: Final = 256 << 10
WEAK: Final = {
    "ciphers": ("3des-*", "arcfour*", "blowfish-*", "cast128-*", "*-cbc", "des", "rijndael-cbc*"),
    "macs": ("hmac-md5*", "hmac-sha1", "hmac-sha1-*", "hmac-ripemd*", "umac-64*"),
    "kexalgorithms": ("diffie-hellman-group1-*", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
    "hostkeyalgorithms": ("ssh-dss*", "ssh-rsa", "ssh-rsa-cert-v01@openssh.com"),
}
_LINE: Final = re.compile(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*")


def look(text: str, name: str) -> list[Finding]:
    """What is found of a configuration; `name`: which machine's, as it was given."""
    if len(text) > LARGEST or "\x00" in text:
        return _unread(name, Said("过大或不是文本", "too large, or no text"))
    settings = read(text)
    if not settings:
        return _unread(name, Said("其中没有 sshd 的设置", "it has no settings of sshd"))
    listening = _listening(text)
    if listening and all(_local(one) for one in listening):
        said = Said("只在本机监听，没有远程管理通道", "listens on this machine only: there is no remote administration")
        return [Finding("8.3b", "inapplicable", name, said), _identity(settings, name)]
    return [_channel(settings, name), _identity(settings, name)]


def read(text: str) -> dict[str, str]:
    """Settings by lower-case name; the first counts, as for sshd, and what stands in Match blocks is left out."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        matched = _LINE.fullmatch(line.partition("#")[0])
        if matched is None:
            continue
        name, value = matched[1].lower(), matched[2].strip().strip('"')
        if name == "match":
            break
        found.setdefault(name, value)
    return found


def _channel(settings: dict[str, str], name: str) -> Finding:
    if settings.get("protocol", "2") != "2":
        return Finding("8.3b", "fails", name, Said("允许 SSH 协议 1", "allows protocol 1 of SSH"))
    weak = [one for field in WEAK for one in _weak(field, settings.get(field, ""))]
    if weak:
        return Finding("8.3b", "fails", name, Said(f"允许 {'、'.join(weak)}", f"allows {', '.join(weak)}"))
    unsaid = [field for field in ("ciphers", "macs", "kexalgorithms") if field not in settings]
    if unsaid:
        said = Said(
            f"未写明 {'、'.join(unsaid)}，取决于版本的默认值；请提供 sshd -T 的输出",
            f"does not say {', '.join(unsaid)}; the defaults depend on the version: give the output of sshd -T",
        )
        return Finding("8.3b", "unchecked", name, said)
    said = Said("未见弱算法；SSH 采用国际算法", "no weak algorithm; SSH uses international ones")
    return Finding("8.3b", "partly", name, said)


def _identity(settings: dict[str, str], name: str) -> Finding:
    passwords = settings.get("passwordauthentication", "yes").lower() == "yes"
    keys = settings.get("pubkeyauthentication", "yes").lower() == "yes"
    if settings.get("permitemptypasswords", "no").lower() == "yes":
        return Finding("8.3a", "fails", name, Said("允许空口令", "allows empty passwords"))
    if passwords and not keys:
        said = Said("只用口令，不是密码技术鉴别", "passwords only, which is no authentication by cryptography")
        return Finding("8.3a", "fails", name, said)
    also = [*([("口令登录", "passwords")] if passwords else [])]
    if settings.get("permitrootlogin", "prohibit-password").lower() == "yes":
        also.append(("root 直接登录", "root itself"))
    if also:
        chinese, english = "、".join(zh for zh, _ in also), " and ".join(en for _, en in also)
        return Finding(
            "8.3a", "partly", name, Said(f"可用公钥，但也允许{chinese}", f"takes public keys, but also {english}")
        )
    said = Said("只用公钥；SSH 采用国际算法", "public keys only; SSH uses international algorithms")
    return Finding("8.3a", "partly", name, said)


def _listening(text: str) -> list[str]:
    """Every address it listens on; none stands for all there are."""
    found = (_LINE.fullmatch(line.partition("#")[0]) for line in text.splitlines())
    return [one[2].strip() for one in found if one is not None and one[1].lower() == "listenaddress"]


def _local(listening: str) -> bool:
    """Whether an address, perhaps with its port, is one of the loopback."""
    inner = listening.split(maxsplit=1)[0] if listening.strip() else ""
    if inner.startswith("["):
        host = inner[1:].partition("]")[0]
    else:
        host = inner if inner.count(":") > 1 else inner.partition(":")[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _weak(field: str, value: str) -> list[str]:
    """Names of weak algorithms in a list; one that begins with - takes algorithms away, with + or ^ adds some."""
    if value.startswith("-"):
        return []
    names = [one.strip() for one in value.lstrip("+^").split(",")]
    return [one for one in names if any(fnmatchcase(one, pattern) for pattern in WEAK[field])]


def _unread(name: str, said: Said) -> list[Finding]:
    return [Finding(item, "unchecked", name, said) for item in ("8.3a", "8.3b")]
