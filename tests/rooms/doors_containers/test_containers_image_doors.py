"""Images at every door: bills of materials, signatures by the crypto service, rules; for members, and admins alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_cast import CONTRACT, Terminal
from console_cast import LogIn, text
from containers_cast import OURS, THEIRS, order, written
from django.test import Client
from podman_cast import Installation, deployment
from wishing import now

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.project.image_rules import ImageRules, KeptImageRules
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.registry.tokens import PushTokens

ROOT = f"/api/v1/contracts/{CONTRACT}/containers"
ASK = f"?contract={CONTRACT}"


@pytest.fixture
def member(office: Office, log_in: LogIn) -> Client:
    return log_in(Role.TENANT_USER, tenant=OURS, language="en")


def asked(client: Client, method: str, path: str, body: object = None) -> tuple[int, Any]:
    sent = "" if body is None else json.dumps(body)
    answer = client.generic(method, f"{ROOT}{path}", sent, content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def named(bill: dict[str, Any]) -> set[str]:
    return {one["name"] for one in bill["components"]}


class TestBills:
    def test_programs_read_it(self, member: Client, mine: Project) -> None:
        status, found = asked(member, "GET", f"/{mine.name}/bill?image=app:v1")
        assert (status, found["bomFormat"], found["specVersion"]) == (200, "CycloneDX", "1.6")
        assert named(found) == {"busybox-static"}
        assert found["metadata"]["component"]["version"].startswith("sha256:")

    def test_a_command_shows_or_writes_it(self, terminal: Terminal, mine: Project, tmp_path: Path) -> None:
        assert named(terminal.json("containers", "sbom", "app:v1", "-p", mine.name)) == {"busybox-static"}
        path = tmp_path / "bill.json"
        said = terminal.ok("containers", "sbom", "app:v1", "-o", str(path), "-p", mine.name)
        assert "1 components" in said
        assert named(json.loads(path.read_text())) == {"busybox-static"}

    def test_the_page_leads_to_it(self, member: Client, mine: Project) -> None:
        page = text(member.get(f"/containers/{mine.name}/images{ASK}"))
        assert f"/containers/{mine.name}/images/bill{ASK}" in page
        answer = member.get(f"/containers/{mine.name}/images/bill{ASK}&image=app:v1")
        assert answer["Content-Type"] == "application/vnd.cyclonedx+json"
        assert named(json.loads(answer.content)) == {"busybox-static"}

    @pytest.mark.parametrize("image", ["app:v9", "../other/app:v1", "app:v1/../x", "APP", "app@sha256:1", ""])
    def test_what_is_not_there_is_refused_by_field(self, member: Client, mine: Project, image: str) -> None:
        status, found = asked(member, "GET", f"/{mine.name}/bill?image={image}")
        assert status == 422
        assert "image" in found["field"]
        assert member.get(f"/containers/{mine.name}/images/bill{ASK}&image={image}").status_code == 422

    def test_it_is_for_members(self, office: Office, log_in: LogIn, mine: Project) -> None:
        stranger, reader = log_in(Role.TENANT_USER, tenant=THEIRS), log_in(Role.ENGINEER)
        assert asked(stranger, "GET", f"/{mine.name}/bill?image=app:v1")[0] == 404
        assert asked(reader, "GET", f"/{mine.name}/bill?image=app:v1")[0] == 422
        assert reader.get(f"/containers/{mine.name}/images/bill{ASK}&image=app:v1").status_code == 403


class TestRules:
    def test_a_project_that_asks_for_a_signature_runs_what_its_admin_had_signed(
        self, member: Client, terminal: Terminal, mine: Project, vault: None, tmp_path: Path
    ) -> None:
        images = terminal.json("containers", "images", "-p", mine.name)
        manifest = written(tmp_path, deployment(replicas=0, image=images[0]["reference"]))
        wanted = {"newest": 5, "signed_by": "release"}
        assert asked(member, "PUT", f"/{mine.name}/image-rules", wanted) == (200, wanted)
        assert asked(member, "GET", f"/{mine.name}/image-rules") == (200, wanted)
        refused = terminal.refused("containers", "apply", "-f", manifest, "-p", mine.name)
        assert refused["field"] == "Deployment web: spec.template.spec.containers[0].image"
        assert "is not signed by release" in refused["reason"]
        status, signed = asked(member, "POST", f"/{mine.name}/signatures", {"image": "app:v1", "key": "release"})
        assert (status, signed["signer"]) == (200, "release")
        assert terminal.json("containers", "images", "-p", mine.name)[0]["signers"] == ["release"]
        assert terminal.json("containers", "apply", "-f", manifest, "-p", mine.name)[0]["deed"] == "create"
        again = terminal.json("containers", "sign", "app:v1", "release", "-p", mine.name)
        assert again["digest"] == signed["digest"]

    def test_a_key_the_crypto_service_has_not_is_refused(self, member: Client, mine: Project, vault: None) -> None:
        status, found = asked(member, "POST", f"/{mine.name}/signatures", {"image": "app:v1", "key": "nobody"})
        assert status == 422
        assert "the crypto service refuses key nobody" in found["reason"]

    def test_commands_show_and_set_them(self, terminal: Terminal, mine: Project) -> None:
        words = ("containers", "image-rules", "-p", mine.name)
        assert terminal.json(*words, "--newest", "7")["newest"] == 7
        assert terminal.json(*words, "--signed-by", "none") == {"newest": 7, "signed_by": ""}
        assert "7" in terminal.ok(*words)
        assert terminal.refused(*words, "--signed-by", "a key")["field"] == "signed_by"

    def test_the_page_sets_them_for_admins(self, member: Client, mine: Project) -> None:
        address = f"/containers/{mine.name}/images/rules{ASK}"
        assert member.post(address, {"newest": "9", "signed_by": ""}).status_code == 302
        assert 'value="9"' in text(member.get(f"/containers/{mine.name}/images{ASK}"))
        for wrong in ("0", "x", "1001"):
            assert member.post(address, {"newest": wrong}).status_code == 422

    def test_a_deployer_reads_them_and_sets_none(
        self, cloud: Installation, log_in: LogIn, office: Office, mine: Project
    ) -> None:
        other = order(cloud)
        client = log_in(Role.TENANT_USER, tenant=OURS)
        person = pseudonym()
        assert cloud.projects.grant(other.order, "user:9999", "admin") is None
        assert cloud.projects.grant(other.order, person, "deployer") is None
        assert asked(client, "GET", f"/{other.name}/image-rules")[0] == 200
        assert asked(client, "PUT", f"/{other.name}/image-rules", {"newest": 3})[0] == 422
        assert asked(client, "POST", f"/{other.name}/signatures", {"image": "app:v1", "key": "release"})[0] == 422
        assert client.post(f"/containers/{other.name}/images/rules{ASK}", {"newest": "3"}).status_code == 403


class TestImagePage:
    def test_it_shows_what_the_tag_stands_for_and_what_is_in_it_when_asked(
        self, member: Client, terminal: Terminal, mine: Project
    ) -> None:
        (one,) = terminal.json("containers", "images", "-p", mine.name)
        listed = text(member.get(f"/containers/{mine.name}/images{ASK}"))
        assert f"/containers/{mine.name}/images/one{ASK}&amp;image=" in listed
        for name in (one["reference"], "app:v1"):
            page = text(member.get(f"/containers/{mine.name}/images/one{ASK}&image={name}"))
            assert one["digest"] in page
            assert "busybox-static" not in page
        assert "busybox-static" in text(member.get(f"/containers/{mine.name}/images/one{ASK}&image=app:v1&contents=1"))

    @pytest.mark.parametrize("image", ["", "app:v9", "other/app:v1", "<b>"])
    def test_what_is_not_there_is_not_found(self, member: Client, mine: Project, image: str) -> None:
        assert member.get(f"/containers/{mine.name}/images/one{ASK}&image={image}").status_code == 404

    def test_an_admin_has_it_signed_by_the_crypto_service_and_sees_that_it_may_run(
        self, member: Client, cloud: Installation, mine: Project, vault: None
    ) -> None:
        address = f"/containers/{mine.name}/images/one{ASK}&image=app:v1"
        rules = KeptImageRules(cloud.engine.store)
        assert rules.put(mine.order, ImageRules(10, "second")) is None
        assert "It may not run:" in text(member.get(address))
        sign = f"/containers/{mine.name}/images/sign{ASK}"
        for key, words in (("nobody", "the crypto service refuses key nobody"), ("", "expected the name of a key")):
            answer = member.post(sign, {"image": "app:v1", "key": key})
            assert answer.status_code == 422
            assert words in text(answer)
        done = member.post(sign, {"image": "app:v1", "key": "second"}, follow=True)
        assert "the signature of second holds" in text(done)
        assert member.post(sign, {"image": "app:v9", "key": "second"}).status_code == 404
        assert rules.put(mine.order, ImageRules()) is None

    def test_without_a_key_space_it_says_so_and_offers_the_command(
        self, member: Client, cloud: Installation, mine: Project, vault: None
    ) -> None:
        keys, aside = cloud.folder / "keys.json", cloud.folder / "keys.aside"
        keys.rename(aside)
        answer = member.post(f"/containers/{mine.name}/images/sign{ASK}", {"image": "app:v1", "key": "release"})
        aside.rename(keys)
        assert answer.status_code == 422
        assert "no key space of the crypto service is named" in text(answer)
        assert f"yunyue containers sign app:v1 KEY -p {mine.name}" in text(answer)

    def test_whoever_is_no_admin_reads_and_signs_nothing(
        self, cloud: Installation, log_in: LogIn, office: Office
    ) -> None:
        other = order(cloud)
        client = log_in(Role.TENANT_USER, tenant=OURS)
        assert cloud.projects.grant(other.order, "user:9999", "admin") is None
        assert cloud.projects.grant(other.order, pseudonym(), "deployer") is None
        sent = {"image": "app:v1", "key": "release"}
        assert client.post(f"/containers/{other.name}/images/sign{ASK}", sent).status_code == 403


class TestPeople:
    def test_an_admin_gives_roles_and_one_admin_stays(self, cloud: Installation, member: Client) -> None:
        other = order(cloud)
        assert asked(member, "GET", f"/{other.name}/members") == (200, [])
        assert asked(member, "PUT", f"/{other.name}/members/user:9001", {"role": "viewer"})[1]["field"] == "role"
        mine = {"person": pseudonym(), "role": "admin"}
        assert asked(member, "PUT", f"/{other.name}/members/{mine['person']}", {"role": "admin"}) == (200, [mine])
        both = asked(member, "PUT", f"/{other.name}/members/user:9001", {"role": "viewer"})[1]
        assert {"person": "user:9001", "role": "viewer"} in both
        assert asked(member, "PUT", f"/{other.name}/members/{mine['person']}", {"role": "none"})[0] == 422
        assert asked(member, "PUT", f"/{other.name}/members/user:9001", {"role": "none"}) == (200, [mine])
        assert asked(member, "PUT", f"/{other.name}/members/user:9001", {"role": "king"})[0] == 422

    def test_a_push_token_opens_the_project_until_it_is_revoked(
        self, cloud: Installation, member: Client, mine: Project
    ) -> None:
        status, made = asked(member, "POST", f"/{mine.name}/push-tokens", {"name": "robot"})
        assert status == 200
        tokens = PushTokens(cloud.engine.store, now)
        assert tokens.holds(mine.order, made["token"])
        assert asked(member, "POST", f"/{mine.name}/push-tokens", {"name": "robot"})[0] == 422
        listed = asked(member, "GET", f"/{mine.name}/push-tokens")[1]
        assert "robot" in {one["name"] for one in listed}
        assert made["token"] not in str(listed)
        assert asked(member, "DELETE", f"/{mine.name}/push-tokens/robot")[0] == 200
        assert not tokens.holds(mine.order, made["token"])

    def test_anothers_members_and_tokens_are_not_found(self, office: Office, log_in: LogIn, mine: Project) -> None:
        stranger = log_in(Role.TENANT_USER, tenant=THEIRS)
        for method, path, body in (
            ("GET", "members", None),
            ("PUT", "members/user:1", {"role": "admin"}),
            ("GET", "push-tokens", None),
            ("POST", "push-tokens", {"name": "robot"}),
            ("DELETE", "push-tokens/ci", None),
        ):
            assert asked(stranger, method, f"/{mine.name}/{path}", body)[0] == 404

    def test_whoever_only_looks_changes_nobody_and_makes_no_token(
        self, cloud: Installation, log_in: LogIn, office: Office
    ) -> None:
        other = order(cloud)
        client = log_in(Role.TENANT_USER, tenant=OURS)
        assert cloud.projects.grant(other.order, "user:9999", "admin") is None
        assert cloud.projects.grant(other.order, pseudonym(), "viewer") is None
        assert asked(client, "PUT", f"/{other.name}/members/user:1", {"role": "admin"})[0] == 422
        assert asked(client, "POST", f"/{other.name}/push-tokens", {"name": "robot"})[0] == 422
        assert cloud.projects.role(other.order, "user:1") is None


def pseudonym() -> str:
    """Of who logged in last."""
    from yunyue.doors.web.accounts.models import Account

    found: str = Account.objects.latest("pk").pseudonym
    return found
