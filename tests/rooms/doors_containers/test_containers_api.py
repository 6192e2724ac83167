"""Containers for programs: a department's own projects only, and in each what its members may."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_cast import CONTRACT, Terminal
from console_cast import LogIn
from containers_cast import OURS, THEIRS, order, settled
from django.test import Client
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.project.project import Project

ROOT = f"/api/v1/contracts/{CONTRACT}/containers"
WEB = service() + deployment(replicas=1)


@pytest.fixture(scope="module")
def mine(cloud: Installation) -> Project:
    return order(cloud)


@pytest.fixture(scope="module")
def running(cloud: Installation, mine: Project, home: Path) -> Project:
    cloud.apply(mine, WEB)
    settled(Terminal(home), mine)
    return mine


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{ROOT}{path}")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def post(client: Client, path: str, body: object, status: int = 200) -> Any:
    answer = client.post(f"{ROOT}{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def ready(client: Client, project: Project) -> str:
    """A replica that answers and stays: none while one revision takes over from another."""
    if get(client, f"/{project.name}/rollouts/deploy/web")["progress"] != "complete":
        return ""
    found = get(client, f"/{project.name}/replicas?workload=web")
    return next((str(one["name"]) for one in found if one["phase"] == "ready"), "")


def test_a_department_sees_its_own_projects_only(office: Office, log_in: LogIn, mine: Project, theirs: Project) -> None:
    ours, others = log_in(Role.TENANT_USER, tenant=OURS), log_in(Role.TENANT_USER, tenant=THEIRS)
    assert mine.name in {one["name"] for one in get(ours, "")}
    assert theirs.name not in {one["name"] for one in get(ours, "")}
    assert {one["tenant"] for one in get(others, "")} == {THEIRS}
    assert {OURS, THEIRS} == {one["tenant"] for one in get(log_in(Role.ENGINEER), "")}


@pytest.mark.parametrize(
    "path", ["objects", "replicas", "events", "top", "images", "logs/web-1", "rollouts/deploy/web"]
)
def test_anothers_project_is_as_if_it_were_not_there(
    office: Office, log_in: LogIn, running: Project, path: str
) -> None:
    client = log_in(Role.TENANT_USER, tenant=THEIRS)
    other, none = get(client, f"/{running.name}/{path}", 404), get(client, f"/nowhere/{path}", 404)
    assert other["reason"].replace(running.name, "nowhere") == none["reason"]
    assert "项目" in none["reason_zh"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("apply", {"manifest": WEB}),
        ("diff", {"manifest": WEB}),
        ("objects/deploy/web/scale", {"replicas": 0}),
        ("objects/deploy/web/undo", {}),
        ("objects/deploy/web/restart", {}),
        ("replicas/web-1/exec", {"words": ["true"]}),
    ],
)
def test_nobody_works_in_anothers_project(
    office: Office, log_in: LogIn, running: Project, path: str, body: object
) -> None:
    post(log_in(Role.TENANT_USER, tenant=THEIRS), f"/{running.name}/{path}", body, 404)
    stranger = post(log_in(Role.ENGINEER), f"/{running.name}/{path}", body, 422)
    assert stranger["reason"] == "you are not a member of this project"
    assert stranger["field"] == "project"


def test_a_reader_of_the_contract_sees_how_it_does_and_not_what_is_inside(
    office: Office, log_in: LogIn, running: Project
) -> None:
    client = log_in(Role.AUDIT_ADMINISTRATOR)
    found = get(client, f"/{running.name}/objects")
    assert {one["state"] for one in found} == {"ready"}
    assert {one["body"] for one in found} == {""}
    assert get(client, f"/{running.name}/rollouts/deploy/web")["progress"] == "complete"
    for path in ("logs/web-1", "images"):
        assert get(client, f"/{running.name}/{path}", 422)["field"] == "project"


def test_a_manifest_is_applied_and_a_wrong_one_refused_with_its_field(
    office: Office, log_in: LogIn, running: Project
) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    (change,) = [one for one in post(client, f"/{running.name}/diff", {"manifest": deployment()}) if one["after"]]
    assert (change["deed"], "replicas: 2" in change["after"]) == ("change", True)
    assert {one["deed"] for one in post(client, f"/{running.name}/apply", {"manifest": WEB})} == {"same"}
    wrong = deployment(container="privileged: true")
    refused = post(client, f"/{running.name}/apply", {"manifest": wrong}, 422)
    assert "privileged" in refused["field"]
    assert refused["clause"] == "C37"


def test_a_workload_is_scaled_restarted_and_deleted(
    office: Office, log_in: LogIn, running: Project, cloud: Installation
) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    assert post(client, f"/{running.name}/objects/deploy/web/scale", {"replicas": 2})["deed"] == "change"
    until(lambda: get(client, f"/{running.name}/rollouts/deploy/web")["ready"] == 2)
    assert post(client, f"/{running.name}/objects/deploy/web/scale", {"replicas": 999}, 422)["field"] == "replicas"
    assert post(client, f"/{running.name}/objects/deploy/web/restart", {})["name"] == "web"
    assert post(client, f"/{running.name}/objects/deploy/web/undo", {"to": 99}, 422)["field"] == "revision"
    post(client, f"/{running.name}/apply", {"manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"})
    answer = client.delete(f"{ROOT}/{running.name}/objects/cm/c")
    assert json.loads(answer.content)["deed"] == "delete"
    messages = [one["message"] for one in get(client, f"/{running.name}/events")]
    assert any(message.startswith("by ") and "user:li" not in message for message in messages)


def test_lines_and_commands_are_for_members(office: Office, log_in: LogIn, running: Project) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    name = until(lambda: ready(client, running))
    run = f"/{running.name}/replicas/{name}/exec"
    assert post(client, run, {"words": ["sh", "-c", "echo hi >/proc/1/fd/1; echo out; exit 3"]}) == {
        "status": 3,
        "output": "out\n",
        "cut": False,
    }
    lines = until(lambda: get(client, f"/{running.name}/logs/{name}?tail=5"))
    assert lines[-1]["text"] == "hi"
    assert post(client, run, {"words": ["no-such-program"]})["status"] == 127
    assert get(client, f"/{running.name}/logs/none", 422)["field"] == "replica"
    assert get(client, f"/{running.name}/images") == []
    assert [one["replica"] for one in get(client, f"/{running.name}/top")]


def test_what_a_command_writes_is_kept_up_to_a_limit(office: Office, log_in: LogIn, running: Project) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    name = until(lambda: ready(client, running))
    done = post(client, f"/{running.name}/replicas/{name}/exec", {"words": ["head", "-c", "300000", "/dev/zero"]})
    assert (len(done["output"]), done["cut"], done["status"]) == (256 << 10, True, 0)


def test_a_viewer_looks_and_changes_nothing(
    office: Office, log_in: LogIn, cloud: Installation, running: Project
) -> None:
    from yunyue.doors.web.accounts.models import Account

    client = log_in(Role.TENANT_USER, tenant=OURS)
    helper = log_in(Role.ENGINEER)
    engineer = Account.objects.get(pk=helper.session["_auth_user_id"])
    keeper = Account.objects.get(pk=client.session["_auth_user_id"])
    cloud.projects.grant(running.order, keeper.pseudonym, "admin")
    cloud.projects.grant(running.order, engineer.pseudonym, "viewer")
    try:
        assert post(helper, f"/{running.name}/diff", {"manifest": WEB})
        for path, body in (("apply", {"manifest": WEB}), ("replicas/web-1/exec", {"words": ["true"]})):
            refused = post(helper, f"/{running.name}/{path}", body, 422)
            assert refused["reason"] == "this needs the role deployer in the project; yours is viewer"
        other = log_in(Role.TENANT_USER, tenant=OURS)
        assert get(other, f"/{running.name}/objects")
        assert post(other, f"/{running.name}/apply", {"manifest": WEB}, 422)["field"] == "project"
    finally:
        with cloud.engine.store.change() as db:
            db.execute("DELETE FROM members WHERE project = ?", (running.order,))


def test_looking_makes_nothing_where_no_project_ever_was(own_office: Office, log_in: LogIn) -> None:
    assert get(log_in(Role.ENGINEER), "") == []
    assert get(log_in(Role.ENGINEER), "/none/objects", 404)["field"] == "project"
    assert not (own_office.settings.home / "services" / "containers" / "_engine").exists()
