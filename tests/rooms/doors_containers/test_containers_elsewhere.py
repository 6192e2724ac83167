"""What a project keeps beside its objects, from another machine: answered and refused as on its own, decided there."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_cast import Terminal
from containers_cast import OURS, THEIRS, order
from containers_door import Door, by_token
from podman_cast import Installation
from wishing import now

from yunyue.doors.accesses import accesses
from yunyue.doors.cli.installed import default_actor
from yunyue.doors.office import Office
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.registry.tokens import PushTokens
from yunyue.store.access.record import Wanted


class Elsewhere:
    """Commands of another machine beside the same ones of this one."""

    def __init__(self, door: Door, here: Terminal, folder: Path) -> None:
        self._there = Terminal(folder / "elsewhere")
        self._here = here
        self._door = door
        self.reach = door.words(folder)
        self._mine = ("-p", door.project.name)

    def json(self, *words: str) -> Any:
        """What a command answers there."""
        return self._there.json("containers", *words, *self.reach)

    def refused(self, *words: str) -> dict[str, str]:
        """A refusal there; a command refused makes nothing on its own machine."""
        found = self._there.refused("containers", *words, *self.reach)
        assert not self._there.home.exists()
        return found

    def same(self, *words: str) -> Any:
        """What a command that only looks answers; it answers the same here, for programs and for people."""
        found, here = self.json(*words), self._here.json("containers", *words, *self._mine)
        assert found == here
        said = self._there.ok("containers", *words, *self.reach)
        assert said == self._here.ok("containers", *words, *self._mine)
        return found

    def same_refusal(self, *words: str) -> dict[str, str]:
        """Refused there as it is here: field, reason and clause."""
        found = self.refused(*words)
        assert found == self._here.refused("containers", *words, *self._mine)
        return found


NOW = {"serialNumber": "", "metadata": ""}
"""What of a bill says when it was made, and which copy it is."""

BOTH = ("containers:read", "containers:write")
READS = (
    *(("members", "list"), ("push-token", "list"), ("images",)),
    *(("sbom", "app:v1"), ("image-rules",)),
)
WRITES = (
    *(("members", "set", "user:1", "admin"), ("push-token", "make", "far"), ("push-token", "revoke", "ci")),
    *(("sign", "app:v1", "release"), ("image-rules", "--newest", "3")),
)


def test_what_is_changed_at_a_terminal_is_told_to_the_project(
    cloud: Installation, terminal: Terminal, office: Office
) -> None:
    other = order(cloud)
    mine = ("-p", other.name)
    terminal.ok("containers", "members", "set", "user:7", "admin", *mine)
    terminal.ok("containers", "push-token", "make", "ci", *mine)
    terminal.ok("containers", "image-rules", "--newest", "4", *mine)
    assert terminal.refused("containers", "members", "set", "user:7", "none", *mine)
    told = [one["message"] for one in terminal.json("containers", "events", *mine)]
    by = default_actor()
    assert told == [
        f"by {by}: user:7 is now admin",
        f"by {by}: push token ci made",
        f"by {by}: tags kept 4, signature of nobody",
    ]
    assert terminal.json("containers", "push-token", "list", *mine)[0]["actor"] == by


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_a_push_token_holds_for_its_days(
    cloud: Installation, terminal: Terminal, office: Office, open_door: str, tmp_path: Path, elsewhere: bool
) -> None:
    other = order(cloud)
    there = Elsewhere(by_token(open_door, other, *BOTH), terminal, tmp_path)
    words = ("push-token", "make", "short", "--days", "7")
    made = there.json(*words) if elsewhere else terminal.json("containers", *words, "-p", other.name)
    (kept,) = there.same("push-token", "list")
    assert kept["expires"] - kept["made"] == pytest.approx(7 * 86_400_000, abs=60_000)
    later = PushTokens(cloud.engine.store, lambda: kept["expires"])
    assert not later.holds(other.order, made["token"])
    assert terminal.run("containers", "push-token", "make", "long", "--days", "367", "-p", other.name).exit_code == 2


class TestFromAnotherMachine:
    """The command line with --server, for what a project keeps beside its objects."""

    @pytest.fixture
    def there(self, open_door: str, office: Office, terminal: Terminal, mine: Project, tmp_path: Path) -> Elsewhere:
        return Elsewhere(by_token(open_door, mine, *BOTH), terminal, tmp_path)

    def test_projects_are_those_the_token_may_see(
        self, there: Elsewhere, terminal: Terminal, theirs: Project, mine: Project
    ) -> None:
        reach = there.reach[:-2]
        found = Terminal(Path("/none")).json("containers", "projects", *reach)
        here = terminal.json("containers", "projects")
        assert found == [one for one in here if one["tenant"] == OURS]
        assert theirs.name in {one["name"] for one in here}
        said = Terminal(Path("/none")).ok("containers", "projects", *reach).split()
        assert [mine.name in said, theirs.name in said] == [True, False]

    def test_what_is_kept_is_shown_as_it_is_here(self, there: Elsewhere, terminal: Terminal, mine: Project) -> None:
        assert there.same("images")[0]["reference"].endswith(f"{mine.name}/app:v1")
        assert there.same("image-rules")["newest"] >= 1
        assert "ci" in {one["name"] for one in there.same("push-token", "list")}
        assert there.same("members", "list") == []
        bill, here = there.json("sbom", "app:v1"), terminal.json("containers", "sbom", "app:v1", "-p", mine.name)
        assert {**bill, **NOW} == {**here, **NOW}

    def test_a_bill_is_written_to_a_file_of_that_machine(self, there: Elsewhere, tmp_path: Path) -> None:
        there.json("sbom", "app:v1", "-o", str(tmp_path / "bill.json"))
        (found,) = json.loads((tmp_path / "bill.json").read_text())["components"]
        assert found["name"] == "busybox-static"

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            (("sbom", "app:v9"), "image"),
            (("sbom", "APP"), "image"),
            (("sign", "app:v1", "nobody"), "signed_by"),
            (("image-rules", "--signed-by", "a key"), "signed_by"),
            (("push-token", "revoke", "nobody"), "name"),
            (("push-token", "make", "ci"), "name"),
            (("push-token", "make", "A Name"), "name"),
            (("members", "set", "client:li", "viewer"), "role"),
        ],
    )
    def test_what_is_refused_here_is_refused_there_in_the_same_words(
        self, there: Elsewhere, vault: None, words: tuple[str, ...], field: str
    ) -> None:
        assert there.same_refusal(*words)["field"] == field

    def test_roles_tokens_and_rules_are_set_and_on_record(
        self, there: Elsewhere, cloud: Installation, office: Office, open_door: str, terminal: Terminal, tmp_path: Path
    ) -> None:
        other = order(cloud)
        door = by_token(open_door, other, *BOTH)
        admin = Elsewhere(door, terminal, tmp_path)
        assert admin.json("members", "set", door.person, "admin") == {"person": door.person, "role": "admin"}
        admin.json("members", "set", "user:9001", "viewer")
        assert {"person": "user:9001", "role": "viewer"} in admin.same("members", "list")
        made = admin.json("push-token", "make", "far")
        assert (made["project"], made["name"]) == (other.name, "far")
        assert PushTokens(cloud.engine.store, now).holds(other.order, made["token"])
        assert admin.json("push-token", "revoke", "far") == {"name": "far", "revoked": True}
        assert not PushTokens(cloud.engine.store, now).holds(other.order, made["token"])
        assert {one["actor"] for one in admin.same("push-token", "list")} == {door.person}
        assert admin.json("image-rules", "--newest", "7", "--signed-by", "release")["signed_by"] == "release"
        assert admin.same("image-rules") == {"newest": 7, "signed_by": "release"}
        found = accesses(office).search(Wanted(words=f"{other.name} user:9001"), 10).records
        assert [(one.door, one.what, one.outcome, one.actor.split(" ")[1]) for _, one in found] == [
            ("api", "PUT api-1:set_member", "granted", door.person)
        ]
        told = [one["message"] for one in admin.json("events")]
        rules = "tags kept 7, signature of release"
        assert told == [
            f"by {door.person}: {what}"
            for what in (
                f"{door.person} is now admin",
                "user:9001 is now viewer",
                "push token far made",
                "push token far revoked",
                rules,
            )
        ]

    def test_an_image_is_signed_from_there(self, there: Elsewhere, mine: Project, vault: None) -> None:
        done = there.json("sign", "app:v1", "release")
        assert (done["repository"], done["signer"]) == (f"{mine.name}/app", "release")
        assert "release" in there.same("images")[0]["signers"]

    @pytest.mark.parametrize("words", [*READS, *WRITES], ids=lambda words: "-".join(words[:2]))
    def test_another_department_finds_no_such_project(
        self, open_door: str, terminal: Terminal, mine: Project, office: Office, tmp_path: Path, words: tuple[str, ...]
    ) -> None:
        stranger = Elsewhere(by_token(open_door, mine, *BOTH, tenant=THEIRS), terminal, tmp_path)
        assert stranger.refused(*words)["reason"] == f"there is no project {mine.name!r}"

    @pytest.mark.parametrize("words", WRITES, ids=lambda words: "-".join(words[:2]))
    def test_a_token_to_read_changes_nothing(
        self, open_door: str, terminal: Terminal, mine: Project, office: Office, tmp_path: Path, words: tuple[str, ...]
    ) -> None:
        reader = Elsewhere(by_token(open_door, mine, "containers:read"), terminal, tmp_path)
        assert reader.refused(*words)["reason"] == "this token is not for containers:write"

    def test_whoever_only_looks_is_refused_by_role(
        self, open_door: str, terminal: Terminal, office: Office, cloud: Installation, tmp_path: Path
    ) -> None:
        other = order(cloud)
        door = by_token(open_door, other, *BOTH)
        assert cloud.projects.grant(other.order, "user:9999", "admin") is None
        assert cloud.projects.grant(other.order, door.person, "viewer") is None
        viewer = Elsewhere(door, terminal, tmp_path)
        for words in WRITES:
            assert viewer.refused(*words)["reason"].startswith("this needs the role "), words
        assert viewer.json("members", "list")
        assert viewer.refused("push-token", "list")["reason"].startswith("this needs the role deployer")

    @pytest.mark.parametrize("words", [*READS, *WRITES], ids=lambda words: "-".join(words[:2]))
    def test_a_token_nobody_knows_opens_nothing(
        self, open_door: str, terminal: Terminal, mine: Project, office: Office, tmp_path: Path, words: tuple[str, ...]
    ) -> None:
        nobody = Elsewhere(Door(open_door, mine, {"Authorization": "Bearer guess"}), terminal, tmp_path)
        assert "token" in nobody.refused(*words)["reason"]
