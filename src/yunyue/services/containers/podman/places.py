"""Where this installation's engine keeps things, and which addresses and names are its own.

What must outlive a reboot lies in the home folder; what must not (locks, sockets, secrets) lies under /run, which a
reboot empties: podman notices a reboot by that. Two installations on one machine share nothing: names of bridges,
tables and cgroups come from a digest of the folder, and the second octet of addresses is one that nobody had when the
installation began (`podman.octets`).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "_engine"
"""Beside the contracts' folders: no contract's name begins with an underscore."""

FIRST_OCTET: Final = 64
OCTETS: Final = 128

_known: dict[Path, int] = {}


def _chosen(path: Path) -> int:
    """What was chosen once and never changes; 0 while nothing was."""
    if path not in _known and path.exists():
        _known[path] = int(path.read_text())
    return _known.get(path, 0)


@dataclass(frozen=True, slots=True)
class Places:
    """The paths and names of one installation."""

    folder: Path

    @property
    def key(self) -> str:
        """Six digits that tell this installation from others on the machine."""
        return hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:6]

    @property
    def run(self) -> Path:
        """What a reboot ends."""
        return Path("/run") / f"yunyue-{self.key}"

    @property
    def socket(self) -> Path:
        """Podman's."""
        return self.run / "podman.sock"

    @property
    def configuration(self) -> Path:
        """Podman's configuration files."""
        return self.folder / "configuration"

    @property
    def mounts(self) -> Path:
        """Files of ConfigMaps, by replica."""
        return self.folder / "mounts"

    @property
    def secrets(self) -> Path:
        """Files of Secrets, by replica; in memory."""
        return self.run / "secrets"

    @property
    def volumes(self) -> Path:
        """Persistent volumes."""
        return self.folder / "volumes"

    @property
    def label(self) -> str:
        """The label of every container that is ours."""
        return f"yunyue.installation={self.key}"

    @property
    def table(self) -> str:
        """The nftables tables' name."""
        return f"yunyue_{self.key}"

    @property
    def cgroup(self) -> str:
        """The parent of all projects' control groups."""
        return f"/yunyue-{self.key}"

    @property
    def octet_file(self) -> Path:
        """Where the second octet of every address is kept."""
        return self.folder / "octet"

    def octet(self) -> int:
        """The second octet of every address: 64 to 191; by the folder's digest while none was chosen."""
        return _chosen(self.octet_file) or FIRST_OCTET + int(self.key, 16) % OCTETS

    def bridge(self, number: int) -> str:
        """A project's bridge; at most 15 characters."""
        return f"yy{self.key}-{number}"

    def network(self, number: int) -> str:
        """A project's network."""
        return f"yunyue-{self.key}-{number}"

    def replicas_subnet(self, number: int) -> str:
        """Where a project's replicas live."""
        return f"10.{self.octet()}.{2 * number + 1}.0/24"

    def services_subnet(self, number: int) -> str:
        """Where a project's Services answer; all of it is this machine's own."""
        return f"10.{self.octet()}.{2 * number}.0/24"

    def service_address(self, number: int, host: int) -> str:
        """One address there; host 1 is the balancer itself."""
        return f"10.{self.octet()}.{2 * number}.{host}"

    def project_cgroup(self, number: int) -> str:
        """The parent of one project's control groups."""
        return f"{self.cgroup}/{number}"

    def container(self, number: int, replica: str, attempt: int) -> str:
        """The name of a replica's container: the same attempt is never made twice."""
        return f"yy{self.key}-{number}-{replica}.{attempt}"
