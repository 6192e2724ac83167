"""yunyue monitor status: the pages that a department shows to everybody, opened, listed and closed."""

from typing import Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.monitor.group import folder, group, watching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.monitor.status import Page, Pages, open_page, understand_page
from yunyue.settlement.statement import Said

pages = SpokenGroup("status", said=Said("公开状态页：列出、公开、关闭", "Public status pages: list, open, close"))
group.add_command(pages)


@pages.command("list", said=Said("列出公开状态页", "List the public status pages"))
@click.argument("contract")
@answers
def every(voice: Voice, contract: str) -> Answer:
    """Of every department."""
    with watching(contract) as (_hosting, host):
        found = Pages(folder(host)).all()
    pairs = (("名称", "name"), ("标题", "title"), ("部门", "department"), ("目标", "targets"))
    rows = [[one.slug, one.title, one.tenant, str(len(one.targets))] for one in found]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({3}))
    return Told(msgspec.to_builtins(found), lines if rows else [voice.pick("没有公开状态页", "No public status pages")])


@pages.command("open", said=Said("公开一个状态页，同名者被替换", "Open a status page; one of its name is replaced"))
@click.argument("contract")
@click.argument("tenant")
@click.argument("slug")
@click.argument("title")
@option("--target", "targets", multiple=True, zh="目标 订单=公开名称，可多次", en="target ORDER=NAME, again for more")
@answers
def open_(voice: Voice, contract: str, **asked: Any) -> Answer:
    """Only targets of that department, under the names that the public reads."""
    targets = [dict(zip(("order", "name"), one.split("=", 1), strict=False)) for one in asked.pop("targets")]
    wanted = understand_page({**asked, "targets": targets})
    if isinstance(wanted, Refused):
        return wanted
    with watching(contract) as (hosting, _host):
        done = open_page(hosting, contract, wanted)
    return _said(done, voice.pick("已公开", "Public"))


@pages.command("close", said=Said("关闭公开状态页", "Close a public status page"))
@click.argument("contract")
@click.argument("slug")
@answers
def close(voice: Voice, contract: str, slug: str) -> Answer:
    """It is then as if it had never been."""
    with watching(contract) as (_hosting, host):
        done = Pages(folder(host)).close(slug)
    return _said(done, voice.pick("已关闭", "Closed"))


def _said(page: Page | Refused, word: str) -> Answer:
    return page if isinstance(page, Refused) else Told(msgspec.to_builtins(page), [f"{word}: /status/{page.slug}"])
