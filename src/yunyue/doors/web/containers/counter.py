"""What every door of people and programs begins with: the project, its engine, and what the account may do there."""

from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.doors.containers import Person, allowed, project_of, tell, visible
from yunyue.doors.containers_keeping import Keeping
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.services.containers.engine import Engine
from yunyue.services.containers.engines import engine_folder, engine_of
from yunyue.services.containers.project.project import Project
from yunyue.sla.span import milliseconds


@dataclass(frozen=True, slots=True)
class Counter:
    """A project somebody may see, and the engine it runs on."""

    project: Project
    engine: Engine
    person: Person

    @property
    def actor(self) -> str:
        """In whose name things are done."""
        return self.person.pseudonym

    @property
    def keeping(self) -> Keeping:
        """What the project keeps beside its objects, changed in that name."""
        return Keeping(office().settings.home, self.project, self.actor)

    def may(self, verb: str) -> bool:
        """Whether the account may do this here."""
        return self.refused(verb) is None

    def refused(self, verb: str) -> Refused | None:
        """Why not."""
        return allowed(office().settings.home, self.project, self.person, verb)


def person_of(account: Account) -> Person:
    """Who asks, as projects know them. A tenant user of no department sees nothing."""
    return Person(account.pseudonym, account.tenant, account.plays(CONTRACT_READERS))


def seen(account: Account, contract: str) -> tuple[Project, ...]:
    """The projects of a contract that an account may see."""
    person = person_of(account)
    return visible(office().settings.home, contract, person) if person.reads or person.tenant else ()


def counter(account: Account, contract: str, name: str) -> Counter | Refused:
    """One of them. Refused: there is none of that name for this account, or its engine is not there."""
    person = person_of(account)
    unseen = Refused(f"there is no project {name!r}", "project", "C37")
    if not (person.reads or person.tenant):
        return unseen
    project = project_of(office().settings.home, contract, name, person)
    if isinstance(project, Refused):
        return project
    engine = engine_of(project, engine_folder(office().settings.home / "services"), moment_now)
    return engine if isinstance(engine, Refused) else Counter(project, engine, person)


def say(place: Counter, verb: str, about: str) -> None:
    """containers.tell, of who stands at this counter."""
    tell(office().settings.home, place.project, place.actor, verb, about)


def moment_now() -> int:
    """This moment, ms."""
    return milliseconds(office().clock.now())
