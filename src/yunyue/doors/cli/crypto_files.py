"""yunyue crypto encrypt, decrypt, rewrap, sign, verify: files under keys of the vault."""

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.crypto_reach import client_of, done, reaching
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host.ciphers.aead import KEY_LENGTHS
from yunyue.services.crypto.client import Client
from yunyue.settlement.statement import Said
from yunyue.store.files import write_durably

LARGEST_SIGNED: Final = 2 << 20
"""Octets of a file that is sent to be signed as it is; the vault takes requests of 4 MiB."""
FILE: Final = click.Path(path_type=Path)


@command("encrypt", Said("加密文件（信封加密，任意大小）", "Encrypt a file of any size under a data key"))
@click.argument("key")
@click.argument("source", type=FILE)
@option("-o", "--output", type=FILE, zh="密文文件名，默认加 .sealed", en="file to write; .sealed is added else")
@option("--cipher", type=click.Choice(list(KEY_LENGTHS)), default="sm4-gcm", zh="算法", en="cipher")
@reaching
@answers
def encrypt(voice: Voice, key: str, source: Path, output: Path | None, cipher: str, **reach: Any) -> Answer:
    """The file never leaves this machine; the vault seals its data key only."""
    target = output or source.with_name(f"{source.name}.sealed")
    refused = _writable(target)
    return refused or _told(client_of(reach).key(key).encrypt_file(source, target, cipher), target, voice)


@command("decrypt", Said("解密文件", "Decrypt a file"))
@click.argument("key")
@click.argument("source", type=FILE)
@option("-o", "--output", required=True, type=FILE, zh="明文文件名", en="file to write")
@reaching
@answers
def decrypt(voice: Voice, key: str, source: Path, output: Path, **reach: Any) -> Answer:
    """The result appears only when all of it was found whole."""
    refused = _writable(output)
    return refused or _told(client_of(reach).key(key).decrypt_file(source, output), output, voice)


@command(
    "rewrap", Said("把密文文件转到密钥的最新版本，内容不动", "Bring an encrypted file to the key's latest version")
)
@click.argument("key")
@click.argument("path", type=FILE)
@reaching
@answers
def rewrap(voice: Voice, key: str, path: Path, **reach: Any) -> Answer:
    """Only its sealed data key is written anew."""
    version = client_of(reach).key(key).rewrap_file(path)
    if isinstance(version, Refused):
        return version
    said = voice.pick(f"已在版本 {version} 之下", f"under version {version} now")
    return Told({"file": str(path), "version": version}, [f"{path}  {said}"])


@command("sign", Said("为文件签名", "Sign a file"))
@click.argument("key")
@click.argument("source", type=FILE)
@option("-o", "--output", type=FILE, zh="签名文件名，默认加 .sig", en="file to write; .sig is added else")
@reaching
@answers
def sign(voice: Voice, key: str, source: Path, output: Path | None, **reach: Any) -> Answer:
    """SM2 keys sign with SM3; the signature is text."""
    target = output or source.with_name(f"{source.name}.sig")
    refused = _writable(target)
    content = refused or _content(source)
    if isinstance(content, Refused):
        return content
    client = client_of(reach)
    signature = str(_asked(client, f"sign/{key}", input=_text(content))["signature"])
    write_durably(target, f"{signature}\n".encode())
    return Told({"file": str(target), "signature": signature}, [f"{target}  {voice.pick('已签名', 'signed')}"])


@command("verify", Said("核验文件的签名", "Verify a file's signature"))
@click.argument("key")
@click.argument("source", type=FILE)
@option("--signature", type=FILE, zh="签名文件名，默认加 .sig", en="file of the signature; .sig is added else")
@reaching
@answers
def verify(voice: Voice, key: str, source: Path, signature: Path | None, **reach: Any) -> Answer:
    """A signature that does not hold makes the exit code 1."""
    written = _content(signature or source.with_name(f"{source.name}.sig"))
    content = _content(source)
    for one in (written, content):
        if isinstance(one, Refused):
            return one
    assert isinstance(written, bytes)
    assert isinstance(content, bytes)
    shown = written.decode("ascii", "replace").strip()
    valid = bool(_asked(client_of(reach), f"verify/{key}", input=_text(content), signature=shown)["valid"])
    said = (
        voice.pick("签名成立", "the signature holds")
        if valid
        else voice.pick("签名不成立", "the signature does not hold")
    )
    return Told({"file": str(source), "valid": valid}, [f"{source}  {said}"], failed=not valid)


def _asked(client: Client, path: str, **body: str) -> dict[str, Any]:
    return done(client.post(path, body))


def _told(octets: int | Refused, target: Path, voice: Voice) -> Answer:
    if isinstance(octets, Refused):
        return octets
    return Told({"file": str(target), "octets": octets}, [f"{target}  {octets} B  {voice.pick('完成', 'done')}"])


def _content(path: Path) -> bytes | Refused:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_SIGNED + 1)
    except OSError as error:
        return Refused(f"{error.strerror or error}", str(path))
    if len(content) > LARGEST_SIGNED:
        return Refused(f"at most {LARGEST_SIGNED} octets are signed at a time; sign a digest of it", str(path))
    return content


def _writable(path: Path) -> Refused | None:
    if path.absolute().parent.is_dir():
        return None
    return Refused("there is no such folder to write into", str(path.absolute().parent))


def _text(content: bytes) -> str:
    return b64encode(content).decode()
