"""yunyue account: opens an account on the machine itself, and lists accounts without their secrets.

Django's tables can be imported only once the home folder is known, so some imports stand inside the functions.
"""

from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import before_accounts, require_installation, settings
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import Settings
from yunyue.settlement.statement import Said

group = SpokenGroup("account", said=Said("账户:开设、列出", "Accounts: open, list"))
ROLES: Final = tuple(role.value for role in Role if role != Role.FOUNDER)
LONGEST: Final = 64


@group.command("add", said=Said("开设账户,给出一次性密码", "Open an account and give its one-time password"))
@click.argument("name")
@click.argument("role", metavar="ROLE", type=click.Choice(ROLES))
@option("--tenant", default="", zh="使用部门,使用人必填", en="the department; a tenant user needs one")
@option("--person", default="", zh="持有人(工号),默认同账户名", en="whose it is (a staff number); as NAME")
@answers
def add(voice: Voice, name: str, role: str, tenant: str, person: str) -> Answer:
    """The password is shown this once; it must be changed at the first login."""
    chosen = _ready()
    password = _opened(chosen, name, Role(role), tenant, person.strip())
    if isinstance(password, Refused):
        return password
    plain = {"account": name, "role": role, "tenant": tenant, "person": person or name, "password": password}
    words = (f"一次性密码: {password}(首次登录须修改)", f"One-time password: {password} (to be changed at once)")
    return Told(plain, [f"{voice.pick('已开设', 'Opened')}: {name}  {role}", voice.pick(*words)])


def _ready() -> Settings:
    """The installation's accounts, their tables up to date. Raises Declined where nothing is installed."""
    chosen = settings()
    require_installation(chosen)
    before_accounts()
    setup.migrate(chosen)
    return chosen


def _opened(chosen: Settings, name: str, role: Role, tenant: str, person: str) -> str | Refused:
    from django.db import IntegrityError

    from yunyue.doors.web.accounts.keeping import NAME, TENANT

    if not NAME.fullmatch(name):
        return Refused("1 to 64 letters, digits and . _ @ -, beginning with a letter or digit", "NAME")
    if tenant and not TENANT.fullmatch(tenant):
        return Refused("1 to 64 letters, digits and . _ -, beginning with a letter or digit", "--tenant")
    if role == Role.TENANT_USER and not tenant:
        return Refused("a tenant user belongs to a department", "--tenant")
    if len(person) > LONGEST:
        return Refused("say whose account it is, in at most 64 characters", "--person")
    try:
        return setup.add_account(chosen, name, role, tenant, person)
    except IntegrityError as broken:
        if "username" in str(broken):
            return Refused("this name is taken", "NAME")
        return Refused("this person has an account already; nobody has two", "--person")


@group.command("list", said=Said("列出账户", "List the accounts"))
@answers
def listed(voice: Voice) -> Answer:
    """Name, role, department, person and state; nothing one could log in with."""
    _ready()
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
