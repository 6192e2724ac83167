"""Who looks at which page, so that each page is looked at once, by somebody who may see it."""

from walk import PAGES

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE
from yunyue.doors.web.accounts.roles import Role

PEOPLE = {
    "manager": Role.CLIENT_MANAGER,
    "approver": Role.CLIENT_APPROVER,
    "provider": Role.SERVICE_MANAGER,
    "auditor": Role.AUDIT_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "admin": Role.FOUNDER,
}
LEAVING = {"accounts:logout", "accounts:login"}


def shown_to(name: str) -> list[str]:
    """The addresses this person looks at: their first screen, and each page once, by the first who may see it."""
    found = ["/today"]
    for view, way in PAGES.items():
        first = next((one for one, role in PEOPLE.items() if way.who in (ANYONE, ANY_ACCOUNT) or role in way.who), None)
        if first == name and view not in LEAVING:
            found.append(way.address)
    return found
