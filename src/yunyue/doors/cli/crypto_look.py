"""yunyue crypto selfcheck and cbom: what cryptography is in use, judged and listed."""

import json
import sys
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from yunyue.answer import Refused
from yunyue.doors.cli import crypto_holdings
from yunyue.doors.cli.account_office import account_office
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.crypto_reach import client_of, reaching
from yunyue.doors.cli.installed import before_accounts, default_actor, require_installation, settings
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Declined, Told, Voice
from yunyue.doors.office import office
from yunyue.doors.selfcheck_files import docx, xlsx
from yunyue.doors.web import setup
from yunyue.doors.web.crypto.asking import endpoint
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.inventory import cbom as bill
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.selfcheck.check import Scope, check
from yunyue.services.crypto.selfcheck.columns import Column
from yunyue.services.crypto.selfcheck.endpoints import Endpoint
from yunyue.services.crypto.selfcheck.finding import LABEL, NOTHING, Report
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.crypto.selfcheck.writing import HEADS, lines, plain
from yunyue.services.monitor.target import forbidden
from yunyue.settlement.statement import Said
from yunyue.store.files import write_durably

FILE: Final = click.Path(path_type=Path)
LARGEST: Final = 64 << 20


@command("selfcheck", Said("密码应用自评（GB/T 39786）", "Self-assessment of cryptography in use (GB/T 39786)"))
@option("--endpoint", "endpoints", multiple=True, zh="端点 主机:端口，可多次", en="endpoint host:port, again for more")
@option("--sshd", type=FILE, multiple=True, zh="sshd -T 的输出文件", en="file with the output of sshd -T")
@option("--passwords", type=FILE, multiple=True, zh="口令散列文件，每行一个", en="file of password hashes, one a line")
@option(
    "--column", type=FILE, multiple=True, zh="应为密文的字段的值，每行一个", en="file of a column's values, one a line"
)
@option(
    "--accounts", is_flag=True, zh="检查本平台账户表中的口令", en="look at the passwords of this platform's accounts"
)
@option("--packages", type=FILE, multiple=True, zh="pip freeze 的输出文件", en="file with the output of pip freeze")
@option("--installed", is_flag=True, zh="检查本程序所在环境的软件包", en="look at the packages beside this program")
@option("--keys", is_flag=True, zh="检查密码库的密钥", en="look at the keys of the vault")
@option("-o", "--output", type=FILE, zh="报告文件：.docx、.xlsx 或 .json", en="report file: .docx, .xlsx or .json")
@option("--contract", default="", zh="把报告留给控制台：合同编号", en="keep the report for the console: the contract")
@reaching
@answers
def selfcheck(voice: Voice, output: Path | None, contract: str, **given: Any) -> Answer:
    """A requirement that is not met makes the exit code 1."""
    refused = (None if output is None else _unwritable(output)) or (_unknown(contract) if contract else None)
    wanted = refused or _scope(given)
    if isinstance(wanted, Refused):
        return wanted
    allowed = settings().private_targets
    reach = Reach(lambda one: forbidden(one, private_allowed=allowed))
    with _bar(len(wanted.endpoints), voice) as bar:
        found = check(wanted, reach, SystemClock().now(), lambda _done, _total, doing: bar.update(1, doing))
    if isinstance(found, Refused):
        return found
    if output is not None:
        write_durably(output, _file(found, output, voice))
    if contract:
        _keep(contract, found)
    return _told(found, output, voice)


@command("cbom", Said("密码物料清单（CycloneDX 1.7）", "Cryptographic bill of materials (CycloneDX 1.7)"))
@option("-o", "--output", required=True, type=FILE, zh="文件名", en="file to write")
@reaching
@answers
def cbom(voice: Voice, output: Path, **reach: Any) -> Answer:
    """Of every mount the token reaches, or of the one --mount names: keys with age and uses, certificates, algorithms.

    A mount that may not be read is named in the bill, and makes the exit code 1.
    """
    if not output.absolute().parent.is_dir():
        return Refused("there is no such folder to write into", str(output.absolute().parent))
    found = _held(reach)
    made = bill(found.holdings, version("yunyue"))
    made["metadata"]["properties"] += [
        {"name": "yunyue:unread", "value": f"{mount}: {reason}"} for mount, reason in found.unread
    ]
    write_durably(output, json.dumps(made, ensure_ascii=False, indent=1).encode())
    count = len(made["components"])
    said = voice.pick(f"{count} 项", f"{count} components")
    left_out = [
        f"{voice.pick('未读取：', 'not read: ')}{mount}  {voice.reason(reason)}" for mount, reason in found.unread
    ]
    plain = {
        "file": str(output),
        "components": count,
        "specification": made["specVersion"],
        "unread": [mount for mount, _ in found.unread],
    }
    return Told(plain, [f"{output}  {said}", *left_out], failed=bool(found.unread))


def _held(reach: dict[str, Any]) -> crypto_holdings.Read:
    """Of the mount that was named, else of every mount the token reaches. Raises Declined."""
    client = client_of(reach)
    every = crypto_holdings.mounts(client)
    if click.get_current_context().get_parameter_source("mount") == ParameterSource.DEFAULT:
        return crypto_holdings.read(client, every)
    path = f"{client.mount}/"
    named = next((one for one in every if one.path == path), Mount(path, ""))
    return _whole(crypto_holdings.read(client, [named]))


def _whole(found: crypto_holdings.Read) -> crypto_holdings.Read:
    """Raises Declined when a mount could not be read."""
    for mount, reason in found.unread:
        raise Declined(Refused(reason, mount))
    return found


def _bar(length: int, voice: Voice) -> Any:
    """How many endpoints were asked; on a terminal only: a program is not shown one."""
    hidden = voice.json or not length or not sys.stderr.isatty()
    label = voice.pick("端点", "endpoints")
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden, item_show_func=str)


def _scope(given: dict[str, Any]) -> Scope | Refused:
    places: list[Endpoint] = []
    for text in given["endpoints"]:
        place = endpoint(text)
        if isinstance(place, Refused):
            return place
        places.append(place)
    read: dict[str, list[tuple[str, str]]] = {}
    for name in ("sshd", "passwords", "column", "packages"):
        read[name] = []
        for path in given[name]:
            content = _read(path)
            if isinstance(content, Refused):
                return content
            read[name].append((str(path), content))
    packages = [(name, text.splitlines()) for name, text in read["packages"]]
    if given["installed"]:
        packages.append(("installed", sorted(one.metadata["Name"] for one in distributions())))
    hashes = [(name, text.splitlines()) for name, text in read["passwords"]]
    if given["accounts"]:
        hashes.append(("accounts", _accounts()))
    return Scope(
        endpoints=tuple(places),
        sshd=tuple(read["sshd"]),
        passwords=tuple(hashes),
        columns=tuple(Column(name, text.splitlines()) for name, text in read["column"]),
        packages=tuple(packages),
        held=_whole(_held(given)).holdings if given["keys"] else None,
    )


def _unknown(contract: str) -> Refused | None:
    """Why no report can be kept under a contract. Raises Declined where there is no installation."""
    with account_office():
        known = office().kernel.contracts()
    if contract in known:
        return None
    return Refused(f"there is no contract {contract!r}; registered: {', '.join(known) or 'none'}", "contract")


def _keep(contract: str, found: Report) -> None:
    with account_office():
        from yunyue.doors.web.crypto.checking import keep_report  # models are there once Django has its settings

        keep_report(contract, default_actor(), found)


def _accounts() -> list[str]:
    """The stored passwords of this installation's accounts. Raises Declined where there is no installation."""
    chosen = settings()
    require_installation(chosen)
    before_accounts()
    setup.migrate(chosen)
    from yunyue.doors.web.accounts.models import Account  # models are there once Django has its settings

    return list(Account.objects.values_list("password", flat=True))


def _told(found: Report, output: Path | None, voice: Voice) -> Told:
    seen = [row for row in found.rows if any(one.looked_at != NOTHING for one in row.findings)]
    shown = lines(Report(found.made, tuple(seen)), voice.language)
    unchecked = len(found.rows) - len(seen)
    rows = [(row[1], row[2], row[4], row[5], row[6]) for row in shown]
    heads = [HEADS[voice.language][at] for at in (1, 2, 4, 5, 6)]
    rest = voice.pick(f"另有 {unchecked} 项未看", f"{unchecked} more were not looked at")
    written = [] if output is None else [str(output)]
    label = [voice.say(LABEL), *table(heads, rows), rest, *written]
    return Told(plain(found), label, failed=any(row.state == "fails" for row in found.rows))


def _file(found: Report, output: Path, voice: Voice) -> bytes:
    match output.suffix.lower():
        case ".docx":
            return docx(found, voice.language)
        case ".xlsx":
            return xlsx(found, voice.language)
        case _:
            return json.dumps(plain(found), ensure_ascii=False, indent=1).encode()


def _unwritable(output: Path) -> Refused | None:
    if output.suffix.lower() not in (".docx", ".xlsx", ".json"):
        return Refused("a report is a .docx, an .xlsx or a .json", "output")
    if not output.absolute().parent.is_dir():
        return Refused("there is no such folder to write into", str(output.absolute().parent))
    return None


def _read(path: Path) -> str | Refused:
    try:
        if path.stat().st_size > LARGEST:
            return Refused(f"the file is larger than {LARGEST} octets", str(path))
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return Refused("the file is not text in UTF-8", str(path))
    except OSError as error:
        return Refused(f"{error.strerror or error}", str(path))
