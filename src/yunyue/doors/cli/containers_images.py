"""yunyue containers images, sbom, sign, image-rules: what was pushed, what is in it, who signed it, what is kept."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.containers_reach import choosing, kept, moment
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.services.containers.project.image_rules import MOST
from yunyue.settlement.statement import Said

NOBODY = "none"


@command("images", Said("列出项目的镜像", "List a project's images"))
@choosing
@answers
def images(voice: Voice, **reach: Any) -> Answer:
    """Tags, digests, sizes, and whose signatures lie beside them."""
    found = kept(reach).images()
    if isinstance(found, Refused):
        return found
    pairs = (("镜像", "image"), ("摘要", "digest"), ("制作", "made"), ("签名", "signed by"))
    heads = [*(voice.pick(*one) for one in pairs), "MiB"]
    rows = [
        [
            one.reference,
            one.tag.digest[:19],
            moment(one.tag.made),
            ", ".join(one.signers) or "-",
            f"{one.tag.octets / 2**20:.1f}",
        ]
        for one in found
    ]
    plain = [{"reference": one.reference, "signers": list(one.signers), **asdict(one.tag)} for one in found]
    return Told(plain, table(heads, rows, frozenset({4})) or [voice.pick("没有镜像", "no images")])


@command("sbom", Said("镜像的软件物料清单（CycloneDX）", "An image's bill of materials (CycloneDX)"))
@click.argument("image")
@option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), zh="写入的文件", en="the file to write")
@choosing
@answers
def sbom(voice: Voice, image: str, output: Path | None, **reach: Any) -> Answer:
    """IMAGE: such as app:v1 or app@sha256:…, within the project. Read from its layers; nothing of it is run."""
    found = kept(reach).bill(image)
    if isinstance(found, Refused):
        return found
    if output is not None:
        output.write_text(found, "utf-8")
    bill = msgspec.json.decode(found)
    count = len(bill.get("components") or ())
    said = voice.pick(f"{count} 个组件", f"{count} components")
    return Told(bill, [f"{image}  {said}"] if output is not None else found.splitlines())


@command("sign", Said("以密码服务的密钥签署镜像", "Sign an image with a key of the crypto service"))
@click.argument("image")
@click.argument("key")
@choosing
@answers
def sign(voice: Voice, image: str, key: str, **reach: Any) -> Answer:
    """KEY: its name in the key space that keys.json names. The digest is signed, not the tag."""
    done = kept(reach).sign(image, key)
    if isinstance(done, Refused):
        return done
    said = voice.pick(f"已由 {key} 签署", f"signed by {key}")
    return Told(asdict(done), [f"{done.repository}@{done.digest}  {said}"])


@command("image-rules", Said("镜像规则：保留数量、必需签名", "What images must be: how many are kept, who signs"))
@option("--newest", type=click.IntRange(1, MOST), zh="每个仓库保留的标签数", en="tags kept of each repository")
@option(
    "--signed-by",
    zh="必需的签名密钥，none 为不要求",
    en="the key whose signature is required; none: of nobody",
)
@choosing
@answers
def image_rules(voice: Voice, newest: int | None, signed_by: str | None, **reach: Any) -> Answer:
    """Shown without options. What runs, or may be gone back to, is never removed."""
    mine = kept(reach)
    before = mine.rules()
    if isinstance(before, Refused):
        return before
    signer = before.signed_by if signed_by is None else "" if signed_by == NOBODY else signed_by
    rules = msgspec.structs.replace(before, newest=newest or before.newest, signed_by=signer)
    refused = mine.set_rules(rules) if rules != before else None
    if refused is not None:
        return refused
    lines = [
        f"{voice.pick('每个仓库保留标签：', 'tags kept of each repository: ')}{rules.newest}",
        f"{voice.pick('必需的签名：', 'required signature: ')}{rules.signed_by or '-'}",
    ]
    return Told(msgspec.to_builtins(rules), lines)
