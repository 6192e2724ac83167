"""yunyue account: what is done to accounts on the machine itself. Each act is a fact in the operator's name.

Django's tables can be imported only once the home folder is known, so some imports stand inside the functions.
"""

from typing import TYPE_CHECKING, Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.account_office import account_office, named
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder
from yunyue.settlement.statement import Said

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.keeping import Wanted

group = SpokenGroup(
    "account",
    said=Said("账户：开设、列出、停用、重置、会话、第二因素", "Accounts: open, list, close, reset, sessions, factors"),
)
ROLES: Final = tuple(role.value for role in Role if role != Role.FOUNDER)
FIELDS: Final = {"username": "NAME", "tenant": "--tenant", "person": "--person", "role": "ROLE"}
"""What the fields of a form are called at a terminal."""


@group.command("add", said=Said("开设账户，给出一次性密码", "Open an account and give its one-time password"))
@click.argument("name")
@click.argument("role", metavar="ROLE", type=click.Choice(ROLES))
@option("--tenant", default="", zh="使用部门，使用人必填", en="the department; a tenant user needs one")
@option("--person", default="", zh="持有人（工号），默认同账户名", en="whose it is (a staff number); as NAME")
@answers
def add(voice: Voice, name: str, role: str, tenant: str, person: str) -> Answer:
    """The password is shown this once; it must be changed at the first login."""
    with account_office() as by:
        from yunyue.doors.web.accounts.keeping import Wanted

        password = _opened(Wanted(name, person.strip() or name, role, tenant), by)
    if isinstance(password, Refused):
        return password
    plain = {"account": name, "role": role, "tenant": tenant, "person": person or name, "password": password}
    words = (f"一次性密码：{password}（首次登录须修改）", f"One-time password: {password} (to be changed at once)")
    return Told(plain, [f"{voice.pick('已开设：', 'Opened: ')}{name}  {role}", voice.pick(*words)])


def _opened(wanted: "Wanted", by: Recorder) -> str | Refused:
    from yunyue.doors.web.accounts.keeping import open_on_machine

    done = open_on_machine(wanted, by)
    if not isinstance(done, Refused):
        return done
    return Refused(done.reason, FIELDS.get(done.field, done.field), done.clause)


@group.command("list", said=Said("列出账户", "List the accounts"))
@answers
def listed(voice: Voice) -> Answer:
    """Name, role, department, person and state; nothing one could log in with."""
    with account_office():
        from yunyue.doors.web.accounts.models import Account

        found = [_plain(one) for one in Account.objects.order_by("pk")]
    words = (("账户", "account"), ("角色", "role"), ("部门", "department"), ("持有人", "person"), ("状态", "state"))
    states = {"active": ("可用", "active"), "waiting": ("待批准", "waiting"), "closed": ("已停用", "closed")}
    rows = [
        (one["account"], one["role"], one["tenant"], one["person"], voice.pick(*states[one["state"]])) for one in found
    ]
    ending = voice.pick(f"{len(rows)} 个账户", f"{len(rows)} accounts")
    return Told(found, [*table([voice.pick(*pair) for pair in words], rows), ending])


def _plain(one: Any) -> dict[str, str]:
    state = "active" if one.is_active else "waiting" if one.waiting else "closed"
    return {"account": one.username, "role": one.role, "tenant": one.tenant, "person": one.person, "state": state}


@group.command("disable", said=Said("停用账户，其会话立即终止", "Close an account for good; its sessions end"))
@click.argument("name")
@answers
def disable(voice: Voice, name: str) -> Answer:
    """For when who could do it at the console cannot."""
    with account_office() as by:
        from yunyue.doors.web.accounts.keeping import close_on_machine

        refused = close_on_machine(named(name), by)
    return refused or Told({"account": name, "state": "closed"}, [voice.pick(f"已停用：{name}", f"Closed: {name}")])


@group.command("reset", said=Said("重置口令，给出一次性密码", "Give an account a new one-time password"))
@click.argument("name")
@answers
def reset(voice: Voice, name: str) -> Answer:
    """The way for administrators, whose passwords nobody resets at the console."""
    with account_office() as by:
        from yunyue.doors.web.accounts.keeping import reset_on_machine

        done = reset_on_machine(named(name), by)
    if isinstance(done, Refused):
        return done
    words = (f"一次性密码：{done}（首次登录须修改）", f"One-time password: {done} (to be changed at once)")
    return Told({"account": name, "password": done}, [voice.pick(*words)])


@group.command("unlock", said=Said("解除因口令输错而致的锁定", "Open a name that wrong passwords closed"))
@click.argument("name")
@answers
def unlock(voice: Voice, name: str) -> Answer:
    """It would open by itself after a while."""
    with account_office():
        from yunyue.doors.web.accounts import throttle

        throttle.succeeded(named(name).username)
    return Told({"account": name}, [voice.pick(f"已解除锁定：{name}", f"Open again: {name}")])


@group.command("factors", said=Said("列出账户的第二因素；可全部移除", "An account's second factors; remove them all"))
@click.argument("name")
@option("--remove", is_flag=True, zh="全部移除（应用或密钥丢失时）", en="remove them all, when app and key are lost")
@answers
def factors(voice: Voice, name: str, remove: bool) -> Answer:
    """Each removal is a fact."""
    with account_office() as by:
        from yunyue.doors.web.accounts.factors import kinds, remove_all

        account = named(name)
        refused = remove_all(account, by) if remove else None
        if refused is not None:
            return refused
        found = kinds(account)
    return Told({"account": name, "factors": found}, [f"{name}: {', '.join(found) or voice.pick('无', 'none')}"])


@group.command("sessions", said=Said("列出账户的会话；可终止一个", "An account's sessions; end one"))
@click.argument("name")
@option("--end", type=int, zh="终止此编号的会话", en="end the session of this number")
@answers
def sessions(voice: Voice, name: str, end: int | None) -> Answer:
    """Where somebody is logged in."""
    with account_office() as by:
        from yunyue.doors.web.accounts.sitting import end_noted, seats

        account = named(name)
        refused = None if end is None else end_noted(account, end, by)
        if refused is not None:
            return refused
        found = [(str(one.pk), f"{one.since:%Y-%m-%d %H:%M}", one.address, one.program) for one in seats(account)]
    words = (("编号", "number"), ("自", "since"), ("地址", "address"), ("程序", "program"))
    plain = [dict(zip(("number", "since", "address", "program"), row, strict=True)) for row in found]
    ending = voice.pick(f"{len(found)} 个会话", f"{len(found)} sessions")
    return Told(plain, [*table([voice.pick(*pair) for pair in words], found), ending])
