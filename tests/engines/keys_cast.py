"""An installation whose vault is open, with key spaces of two departments, for tests of pages and of the API."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from yunyue.answer import Refused
from yunyue.doors.office import Office, open_office
from yunyue.doors.vault import vault_of
from yunyue.doors.work import register
from yunyue.host.jobs import Jobs, launched
from yunyue.host.settings import Settings
from yunyue.services.crypto.custody.acts import Act, Wish, act
from yunyue.services.crypto.key import Key, KeyConfig
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.service import vault_folder
from yunyue.services.crypto.vault import Vault
from yunyue.services.crypto.vaults import close_vault

CONTRACT = "beijing-2024"
OURS, THEIRS = "dept-1", "dept-2"
ASK = f"?contract={CONTRACT}"


@dataclass(frozen=True)
class Keys:
    """The open vault of an office, and its mounts by department ("" for one that nobody ordered)."""

    office: Office
    vault: Vault
    shares: list[bytes]
    mounts: dict[str, Mount]

    def make(self, name: str, tenant: str = OURS, kind: str = "sm4-gcm96", **more: object) -> Key:
        """A key of a department."""
        space = self.vault.space(self.mounts[tenant].identifier)
        assert space is not None
        made = space.make(KeyConfig(name, kind, self.vault.now(), **more))  # type: ignore[arg-type]  # fields by name
        assert isinstance(made, Key)
        return made

    def get(self, name: str, tenant: str = OURS) -> Key:
        """The key as it is now."""
        space = self.vault.space(self.mounts[tenant].identifier)
        found = space.get(name) if space is not None else None
        assert found is not None
        return found

    def act(self, name: str, what: Act, tenant: str = OURS) -> None:
        """Something done to a key behind the pages."""
        assert isinstance(act(self.vault, Wish(self.mounts[tenant].identifier, name, what), "user:0"), Key)

    def form(self, name: str, what: str, tenant: str = OURS, **more: str) -> dict[str, str]:
        """What the page sends."""
        return {"space": self.mounts[tenant].identifier, "key": name, "act": what, **more}

    def seal(self) -> None:
        """Close the vault."""
        self.vault.seal.close()
        self.vault.forget()


@pytest.fixture
def keys(own_office: Office) -> Iterator[Keys]:
    """Open, with a key of each department."""
    vault = vault_of(own_office)
    made = vault.opening.initialise(3, 2)
    assert not isinstance(made, Refused)
    mounts = {}
    for path, tenant, instance in (
        (f"{CONTRACT}/order-9", OURS, f"{CONTRACT}/order-9"),
        ("their", THEIRS, f"{CONTRACT}/order-8"),
        ("transit", "", ""),
    ):
        mount = vault.mounts.add(path, Mount(path, "", "transit", "", tenant, instance, vault.now()))
        assert isinstance(mount, Mount)
        mounts[tenant] = mount
    found = Keys(own_office, vault, made[0], mounts)
    found.make("our-key")
    found.make("their-key", THEIRS)
    yield found
    close_vault(vault_folder(own_office.settings.home / "services"))


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Durable jobs that are really queued and done, shared by the tests of a file: the engine is one to a process."""
    made = Jobs(Settings(home=tmp_path_factory.mktemp("jobs")))
    register(made, None)  # type: ignore[arg-type]  # these tests have no month closed and no file summarised
    with launched(made):
        yield made


@pytest.fixture
def working(keys: Keys, workers: Jobs) -> Jobs:
    """The office of the open vault with workers."""
    open_office(Office(keys.office.hosting, workers))
    return workers


def ended(workers: Jobs, number: int) -> None:
    """Wait until a self-check's job ended."""
    from yunyue.doors.web.crypto.checking import identifier
    from yunyue.doors.web.crypto.models import SelfCheck

    workers.wait(identifier(SelfCheck.objects.get(pk=number)))
