"""Who can be a member of a project: accounts, as facts name them, that the project is there for."""

from dataclasses import dataclass
from typing import Any

from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.roles import PROJECT_READERS
from yunyue.services.containers.project.project import Project, Role

PREFIX = "user:"


@dataclass(frozen=True, slots=True)
class Named:
    """A member as the page names them: `name` of an account of the department only, `title` of its role."""

    person: str
    role: Role
    name: str
    title: Any
    mine: bool


def colleagues(project: Project) -> tuple[Account, ...]:
    """The accounts of a project's department that may see it, by name; nobody else's are listed to anybody."""
    found = Account.objects.filter(is_active=True, tenant=project.tenant, role__in=PROJECT_READERS)
    return tuple(found.order_by("username")) if project.tenant else ()


def colleague(project: Project, text: str) -> Account | None:
    """An account that may see the project: by its pseudonym, or one of the department by its name."""
    own = next((one for one in colleagues(project) if one.username == text), None)
    return own or _by_pseudonym(project, text)


def _by_pseudonym(project: Project, text: str) -> Account | None:
    number = text.removeprefix(PREFIX)
    if not text.startswith(PREFIX) or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    found = Account.objects.filter(pk=int(number), is_active=True, role__in=PROJECT_READERS).first()
    sees = found is not None and (found.plays(CONTRACT_READERS) or found.tenant == project.tenant)
    return found if sees else None


def members_of(place: Counter) -> tuple[Named, ...]:
    """The members of a project, by person."""
    kept = place.keeping.members()
    known = {one.person: _by_pseudonym(place.project, one.person) for one in kept}
    own = {one.pseudonym for one in colleagues(place.project)}
    return tuple(
        Named(
            person=one.person,
            role=one.role,
            name=account.username if (account := known[one.person]) is not None and one.person in own else "",
            title=account.get_role_display() if account is not None else "",
            mine=one.person == place.actor,
        )
        for one in kept
    )
