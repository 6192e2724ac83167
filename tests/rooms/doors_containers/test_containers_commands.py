"""yunyue containers on a real engine: what is typed is kept, carried out by the platform, and shown as it stands."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from cli_cast import Terminal
from containers_cast import settled, written
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.doors.cli.installed import default_actor
from yunyue.services.containers.project.project import Project
from yunyue.store.access import Access, AccessSeries, Wanted

WEB = service() + deployment()
TERMINAL = default_actor()
Trouble = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def running(home: Path, cloud: Installation, project: Project, theirs: Project) -> Terminal:
    """The sample application in the department's project, complete."""
    found = Terminal(home)
    done = found.run("containers", "apply", "-f", written(home, WEB), "-p", project.name)
    assert done.exit_code == 0, done.output
    settled(found, project)
    return found


def replica(running: Terminal, project: Project) -> str:
    found = running.json("containers", "replicas", "web", "-p", project.name)
    return str(next(one["name"] for one in found if one["phase"] == "ready"))


def started(running: Terminal, *words: str) -> "subprocess.Popen[str]":
    """A command of its own process, as one that goes on."""
    program = "from yunyue.doors.cli.main import main; main()"
    environment = {**os.environ, "YUNYUE_HOME": str(running.home), "YUNYUE_LANG": "en", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", program, "containers", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def records(running: Terminal, words: str) -> list[Access]:
    """What stands on record of these words."""
    with closing(AccessSeries.open(running.home / "access")) as series:
        return [one for _, one in series.search(Wanted(words=words), 20).records]


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Nothing can be put on record meanwhile, as on a disk that is full."""
    with closing(sqlite3.connect(folder / "tail.sqlite", isolation_level=None)) as tail:
        tail.execute("CREATE TRIGGER full BEFORE INSERT ON tail BEGIN SELECT RAISE(ABORT, 'no room'); END")
        try:
            yield
        finally:
            tail.execute("DROP TRIGGER full")


@contextmanager
def lost(folder: Path) -> Iterator[None]:
    """The records' folder is not there, and cannot be made."""
    aside = folder.rename(folder.with_name("aside"))
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


class TestObjects:
    def test_what_was_applied_is_listed_with_state_and_address(self, running: Terminal, project: Project) -> None:
        found = {one["kind"]: one for one in running.json("containers", "get", "-p", project.name)}
        assert (found["Deployment"]["state"], found["Deployment"]["ready"]) == ("ready", 2)
        assert "address" in dict(found["Service"]["details"])
        shown = running.ok("containers", "get", "deploy", "web", "-p", project.name)
        assert "2/2" in shown
        assert "replicas: 2" in running.ok("containers", "get", "deploy", "web", "--yaml", "-p", project.name)

    def test_applying_the_same_again_changes_nothing(self, running: Terminal, project: Project, tmp_path: Path) -> None:
        done = running.json("containers", "apply", "-f", written(tmp_path, WEB), "-p", project.name)
        assert {one["deed"] for one in done} == {"same"}
        assert running.ok("containers", "diff", "-f", written(tmp_path, WEB), "-p", project.name) == "no difference\n"

    def test_a_difference_is_shown_and_not_made(self, running: Terminal, project: Project, tmp_path: Path) -> None:
        other = written(tmp_path, deployment(replicas=3))
        shown = running.ok("containers", "diff", "-f", other, "-p", project.name)
        assert "-  replicas: 2" in shown
        assert "+  replicas: 3" in shown
        assert settled(running, project)["wanted"] == 2

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            (deployment(container="privileged: true"), "privileged"),
            (deployment(pod="hostNetwork: true"), "hostNetwork"),
            ("kind: Deployment\n  bad", ""),
        ],
    )
    def test_a_manifest_that_is_refused_names_the_field(
        self, running: Terminal, project: Project, tmp_path: Path, text: str, field: str
    ) -> None:
        refused = running.refused("containers", "apply", "-f", written(tmp_path, text), "-p", project.name)
        assert field in refused["field"]
        assert refused["reason"]

    def test_a_manifest_that_is_not_there_is_refused(self, running: Terminal, project: Project) -> None:
        refused = running.refused("containers", "apply", "-f", "/no/such.yml", "-p", project.name)
        assert refused["field"] == "/no/such.yml"

    def test_a_workload_is_scaled_within_its_quota(self, running: Terminal, project: Project) -> None:
        running.ok("containers", "scale", "deploy", "web", "3", "-p", project.name)
        assert settled(running, project)["ready"] == 3
        refused = running.refused("containers", "scale", "deploy", "web", "9999", "-p", project.name)
        assert refused["field"] == "replicas"
        running.ok("containers", "scale", "deploy", "web", "2", "-p", project.name)
        assert settled(running, project)["ready"] == 2

    def test_a_new_image_is_rolled_out_and_rolled_back(
        self, running: Terminal, project: Project, tmp_path: Path
    ) -> None:
        text = deployment(image="localhost/web:2")
        running.ok("containers", "apply", "-f", written(tmp_path, text), "-p", project.name)
        current = next(one for one in settled(running, project)["revisions"] if one["current"])  # type: ignore[attr-defined]  # JSON
        assert current["image"] == "localhost/web:2"
        running.ok("containers", "rollout", "undo", "deploy", "web", "-p", project.name)
        current = next(one for one in settled(running, project)["revisions"] if one["current"])  # type: ignore[attr-defined]  # JSON
        assert current["image"] == "localhost/web:1"

    def test_events_say_who_did_what_and_go_on_from_a_number(self, running: Terminal, project: Project) -> None:
        found = running.json("containers", "events", "-p", project.name)
        assert any(one["reason"] == "Created" and "cli:" in one["message"] for one in found)
        last = found[-2]["number"]
        later = running.json("containers", "events", "--after", str(last), "-p", project.name)
        assert all(one["number"] > last for one in later)

    def test_use_stays_below_what_is_allowed(self, running: Terminal, project: Project) -> None:
        name = replica(running, project)
        found = {one["replica"]: one for one in running.json("containers", "top", "-p", project.name)}
        assert 0 < found[name]["octets"] <= found[name]["most_octets"]

    def test_a_restart_replaces_every_replica(self, running: Terminal, project: Project) -> None:
        def ready() -> set[str]:
            found = running.json("containers", "replicas", "web", "-p", project.name)
            return {one["name"] for one in found if one["phase"] == "ready"}

        before = ready()
        running.ok("containers", "restart", "deploy", "web", "-p", project.name)
        until(lambda: len(ready()) == 2 and not ready() & before)

    def test_an_object_is_deleted(self, running: Terminal, project: Project, tmp_path: Path) -> None:
        settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: gone}\ndata: {a: b}\n"
        running.ok("containers", "apply", "-f", written(tmp_path, settings), "-p", project.name)
        running.ok("containers", "delete", "cm", "gone", "-p", project.name)
        refused = running.refused("containers", "get", "cm", "gone", "-p", project.name)
        assert refused["field"] == "name"


class TestStreams:
    def test_lines_are_shown_with_their_stream(self, running: Terminal, project: Project) -> None:
        name = replica(running, project)
        running.ok("containers", "exec", "-p", project.name, name, "sh", "-c", "echo said > /proc/1/fd/1")
        found = until(lambda: running.json("containers", "logs", name, "-p", project.name))
        assert found[-1]["text"] == "said"
        assert found[-1]["stream"] == "stdout"

    def test_followed_lines_come_as_they_are_written(self, running: Terminal, project: Project) -> None:
        name = replica(running, project)
        process = started(running, "logs", name, "-f", "--tail", "1", "-p", project.name)
        try:
            assert process.stdout is not None
            running.ok("containers", "exec", "-p", project.name, name, "sh", "-c", "echo later > /proc/1/fd/1")
            assert any("later" in process.stdout.readline() for _ in range(3))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        assert process.returncode == 130

    def test_a_command_leaves_with_its_own_status(self, running: Terminal, project: Project) -> None:
        name = replica(running, project)
        done = running.run("containers", "exec", "-p", project.name, name, "sh", "-c", "echo out; exit 7")
        assert (done.stdout, done.exit_code) == ("out\n", 7)
        told = running.run("containers", "exec", "--json", "-p", project.name, name, "sh", "-c", "echo out; exit 7")
        assert json.loads(told.stdout) == {"status": 7, "output": "out\n"}

    def test_a_command_is_on_record_before_it_runs_and_told_to_the_project(
        self, running: Terminal, project: Project
    ) -> None:
        name = replica(running, project)
        running.ok("containers", "exec", "-p", project.name, name, "echo", "kept here")
        running.ok("containers", "exec", "-p", project.name, "--actor", "user:7", name, "echo", "as another")
        one, other = records(running, "kept here"), records(running, "as another")
        assert [(each.what, each.about, each.outcome) for each in one] == [
            ("containers exec", f"{project.name} {name} echo kept here", "granted")
        ]
        assert (one[0].actor, other[0].actor) == (TERMINAL, f"{TERMINAL} user:7")
        assert (one[0].door, one[0].contract) == ("cli", project.contract)
        told = [each["message"] for each in running.json("containers", "events", "-p", project.name)]
        assert {f"by {TERMINAL}: {name} echo kept here", f"by user:7: {name} echo as another"} <= set(told)

    @pytest.mark.parametrize("trouble", [full, lost])
    @pytest.mark.parametrize("words", [("exec", "TARGET", "sh"), ("port-forward", "TARGET", "0:8080")])
    def test_what_cannot_be_put_on_record_is_not_done(
        self, running: Terminal, project: Project, words: tuple[str, ...], trouble: Trouble
    ) -> None:
        name, mine = replica(running, project), ("-p", project.name)
        running.ok("containers", "exec", *mine, name, "true")
        before = running.json("containers", "events", *mine)
        with trouble(running.home / "access"):
            verb, *more = (word.replace("TARGET", name) for word in words)
            refused = running.refused("containers", verb, "--json", *mine, *more)
        assert refused["field"] == "access"
        assert "could not be put on record" in refused["reason"]
        assert running.json("containers", "events", *mine) == before

    def test_what_is_piped_in_reaches_the_command(self, running: Terminal, project: Project) -> None:
        process = started(running, "exec", "-p", project.name, replica(running, project), "cat")
        shown, _ = process.communicate("over here\n", timeout=120)
        assert (shown, process.returncode) == ("over here\n", 0)

    def test_a_replica_that_is_not_there_is_refused(self, running: Terminal, project: Project) -> None:
        for words in (("logs", "none", "-p", project.name), ("exec", "-p", project.name, "none", "true")):
            assert running.run("containers", *words).exit_code == 1

    def test_a_port_of_this_machine_leads_to_the_service(self, running: Terminal, project: Project) -> None:
        process = started(running, "port-forward", "service/web", "0:80", "-p", project.name)
        try:
            assert process.stdout is not None
            said = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert said is not None
            with socket.create_connection(("127.0.0.1", int(said[1])), timeout=10) as line:
                line.sendall(b"GET / HTTP/1.0\r\nHost: web\r\n\r\n")
                got = b"".join(iter(lambda: line.recv(4096), b""))
            assert got.endswith(b"one\n")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        opened = [one for one in records(running, "service/web:80") if one.about.startswith(f"{project.name} ")]
        assert {(one.what, one.actor, one.door) for one in opened} == {("containers forward", TERMINAL, "cli")}
        assert len(opened) == 2, "the port itself, and the one connection to it"
        events = running.json("containers", "events", "-p", project.name)
        assert any((one["reason"], one["count"]) == ("Forward", 2) for one in events)

    @pytest.mark.parametrize("ports", ["http", "1:2:3", "70000", "-1", ""])
    def test_ports_that_are_none_are_refused(self, running: Terminal, project: Project, ports: str) -> None:
        done = running.run("containers", "port-forward", "-p", project.name, "--json", "--", "service/web", ports)
        assert (done.exit_code, json.loads(done.stdout)["refused"]["field"]) == (1, "ports")


class TestProjects:
    def test_projects_are_listed_with_their_quota(self, running: Terminal, project: Project, theirs: Project) -> None:
        found = {one["name"]: one for one in running.json("containers", "projects")}
        assert found[project.name]["vcpu"] == 8
        assert found[theirs.name]["tenant"] == "dept-2"
        assert project.name in running.ok("containers", "projects")

    def test_with_several_projects_one_is_to_be_named(self, running: Terminal) -> None:
        refused = running.refused("containers", "get")
        assert refused["field"] == "project"
        assert running.refused("containers", "get", "-p", "nobody")["field"] == "project"

    def test_the_first_member_is_an_admin_and_one_stays(self, running: Terminal, theirs: Project) -> None:
        mine = ("-p", theirs.name)
        assert running.refused("containers", "members", "set", "client:li", "viewer", *mine)["field"] == "role"
        running.ok("containers", "members", "set", "client:li", "admin", *mine)
        assert running.json("containers", "members", "list", *mine) == [{"person": "client:li", "role": "admin"}]
        assert running.refused("containers", "members", "set", "client:li", "none", *mine)["field"] == "members"

    def test_a_push_token_is_shown_once_and_revoked(self, running: Terminal, project: Project) -> None:
        mine = ("-p", project.name)
        made = running.json("containers", "push-token", "make", "ci", *mine)
        shown = running.ok("containers", "push-token", "list", *mine)
        assert "ci" in shown
        assert made["token"] not in shown
        running.ok("containers", "push-token", "revoke", "ci", *mine)
        assert running.refused("containers", "push-token", "revoke", "ci", *mine)["field"] == "name"

    def test_pushed_images_are_listed_with_digest_and_signers(
        self, running: Terminal, cloud: Installation, project: Project
    ) -> None:
        made = running.json("containers", "push-token", "make", "images", "-p", project.name)
        assert cloud.keeper is not None
        name = f"{cloud.keeper.registry.address}/{project.name}/app:v1"
        cloud.podman("tag", "localhost/web:1", name)
        cloud.podman("push", "-q", "--tls-verify=false", f"--creds={project.name}:{made['token']}", name)
        (image,) = running.json("containers", "images", "-p", project.name)
        assert (image["reference"], image["signers"]) == (name, [])
        assert image["digest"].startswith("sha256:")
        assert name in running.ok("containers", "images", "-p", project.name)

    def test_a_base_image_is_made_and_loaded(self, running: Terminal, cloud: Installation, tmp_path: Path) -> None:
        archive = tmp_path / "base.tar"
        done = running.json("containers", "base-image", "busybox", "-o", str(archive), "--load")
        assert archive.stat().st_size > 500_000
        assert cloud.podman("image", "inspect", "-f", "{{.Id}}", "localhost/base/busybox:1") in done["digest"]
        assert running.refused("containers", "base-image", "busybox")["field"] == "output"


def test_a_compose_file_becomes_a_manifest_that_is_accepted(
    running: Terminal, project: Project, tmp_path: Path
) -> None:
    compose = "services: {shop: {image: localhost/web:1, ports: ['80:8080'], user: '65532'}}\n"
    text = running.ok("containers", "convert", written(tmp_path, compose, "compose.yml"))
    changes = running.json("containers", "diff", "-f", written(tmp_path, text), "-p", project.name)
    assert {one["name"] for one in changes} == {"shop"}
    wrong = written(tmp_path, "services: {shop: {image: x, privileged: true}}\n", "wrong.yml")
    assert running.refused("containers", "convert", wrong)["field"] == "services.shop.privileged"


def test_a_wish_is_kept_while_no_platform_runs(cloud: Installation, running: Terminal, project: Project) -> None:
    cloud.stop_keeper()
    try:
        said = running.ok("containers", "scale", "deploy", "web", "1", "-p", project.name)
        assert "no platform is running" in said
    finally:
        cloud.start_keeper()
    assert settled(running, project)["ready"] == 1
    assert "no platform" not in running.ok("containers", "scale", "deploy", "web", "2", "-p", project.name)
    settled(running, project)


def test_without_an_installation_or_a_project_it_says_so(tmp_path: Path) -> None:
    nowhere = Terminal(tmp_path / "nowhere")
    assert nowhere.refused("containers", "get")["field"] == str(nowhere.home)
    assert not nowhere.home.exists()
