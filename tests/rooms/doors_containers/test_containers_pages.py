"""The console's pages of containers, on a real engine: seen by department, changed by members, in both languages."""

import re
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal
from console_cast import LogIn, text
from containers_cast import OURS, THEIRS, order, settled
from django.test import Client
from podman_cast import Installation, deployment, service
from wishing import now, until

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.metering.ledger import MINUTE, Ledger
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import EventRow

ASK = f"?contract={CONTRACT}"
WEB = service() + deployment(replicas=1)
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door}
spec:
  rules:
  - host: web.test
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""


@pytest.fixture(scope="module")
def shop(cloud: Installation, home: Path) -> Project:
    made = order(cloud)
    cloud.apply(made, WEB + INGRESS)
    settled(Terminal(home), made)
    cloud.apply(made, deployment(replicas=1, image="localhost/web:2"))
    settled(Terminal(home), made)
    until(lambda: len(cloud.yard(made).replicas) == 1)
    return made


@pytest.fixture
def member(office: Office, log_in: LogIn) -> Client:
    return log_in(Role.TENANT_USER, tenant=OURS, language="en")


def at(project: Project, path: str = "") -> str:
    return f"/containers/{project.name}{path}{ASK}"


def replica(cloud: Installation, project: Project) -> str:
    def ready() -> str:
        found = cloud.engine.replicas(project, "web")
        return next((one.name for one in found if one.phase == "ready"), "") if isinstance(found, tuple) else ""

    return until(ready)


def lines(client: Client, address: str, wanted: str) -> str:
    """The page, once it shows something; else nothing."""
    page = text(client.get(address))
    return page if wanted in page else ""


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", ("配额", "就绪", "已创建")), ("en", ("Quota", "Ready", "Created"))]
)
def test_a_project_is_shown_with_quota_topology_workloads_and_events(
    office: Office, log_in: LogIn, shop: Project, language: str, words: tuple[str, ...]
) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS, language=language)
    page = text(client.get(at(shop)))
    for wanted in (*words, "0.5 / 8 vCPU", "localhost/web:2", "web.test"):
        assert wanted in page
    assert len(re.findall(r'<path class="map-line"', page)) == 3, "door to web to web to its replica"
    listed = text(client.get(f"/containers/{ASK}"))
    assert f"/containers/{shop.name}{ASK}" in listed


def test_another_departments_project_is_not_found(office: Office, log_in: LogIn, shop: Project) -> None:
    stranger = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert shop.order not in text(stranger.get(f"/containers/{ASK}"))
    for path in ("", "/edit", "/images", "/use/cpu", "/replica/web-1", "/workload/Deployment/web"):
        assert stranger.get(at(shop, path)).status_code == 404
    for path in ("/workload/Deployment/web/scale", "/replica/web-1/run", "/delete/Deployment/web"):
        assert stranger.post(at(shop, path), {"replicas": "0", "confirm": "web", "line": "true"}).status_code == 404


def test_who_reads_the_contract_sees_no_lines_and_touches_nothing(
    office: Office, log_in: LogIn, cloud: Installation, shop: Project
) -> None:
    client = log_in(Role.ENGINEER, language="en")
    page = text(client.get(at(shop, "/workload/Deployment/web")))
    assert "1 of 1 replicas ready" in page
    assert "YAML" not in page
    name = replica(cloud, shop)
    for path in (f"/replica/{name}", "/edit", "/images", "/workload/Deployment/web/undo"):
        assert client.get(at(shop, path)).status_code == 403
    for path in ("/workload/Deployment/web/scale", f"/replica/{name}/run", "/delete/Deployment/web"):
        assert client.post(at(shop, path), {"replicas": "0", "confirm": "web"}).status_code == 403


def test_a_manifest_is_looked_at_before_it_is_applied(member: Client, cloud: Installation, shop: Project) -> None:
    assert "image: localhost/web:2" in text(member.get(at(shop, "/edit")))
    wanted = {"manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: seen}\ndata: {a: b}\n"}
    looked = text(member.post(at(shop, "/edit"), {**wanted, "step": "diff"}))
    assert "ConfigMap seen · Create" in looked
    assert '<span class="diff-added">+  a: b</span>' in looked
    assert not isinstance(cloud.engine.get(shop, "ConfigMap", "seen"), tuple)
    assert member.post(at(shop, "/edit"), {**wanted, "step": "apply"}).status_code == 302
    assert isinstance(cloud.engine.get(shop, "ConfigMap", "seen"), tuple)


@pytest.mark.parametrize("step", ["diff", "apply"])
def test_a_refusal_names_the_field_and_keeps_what_was_typed(member: Client, shop: Project, step: str) -> None:
    wrong = deployment(container="privileged: true")
    answer = member.post(at(shop, "/edit"), {"manifest": wrong, "step": step})
    assert answer.status_code == 422
    assert re.search(r"<code>[^<]*spec\.template\.spec\.containers\[0\][^<]*privileged</code>", text(answer))
    assert "privileged: true" in text(answer)


def test_a_secret_stays_out_of_the_editor_and_off_the_page(member: Client, cloud: Installation, shop: Project) -> None:
    cloud.apply(shop, "apiVersion: v1\nkind: Secret\nmetadata: {name: word}\nstringData: {key: hunter2}\n")
    assert "kind: Secret" not in text(member.get(at(shop, "/edit")))
    assert "hunter2" not in text(member.get(at(shop, "/workload/Secret/word")))
    with cloud.engine.store.change() as db:
        db.execute("DELETE FROM objects WHERE project = ? AND name = 'word'", (shop.order,))


def test_rolling_back_asks_first_and_is_done_then(
    member: Client, cloud: Installation, shop: Project, home: Path
) -> None:
    page = text(member.get(at(shop, "/workload/Deployment/web")))
    link = re.search(r'href="(/containers/[^"]*/undo[^"]*to=1)"', page)
    assert link is not None
    asked = text(member.get(link[1].replace("&amp;", "&")))
    assert "<code>localhost/web:2</code> → <code>localhost/web:1</code>" in asked
    assert cloud.rollout(shop).revision == 2, "a look changes nothing"
    assert member.post(at(shop, "/workload/Deployment/web/undo"), {"to": "1"}).status_code == 302
    settled(Terminal(home), shop)
    assert "localhost/web:1" in [one.image for one in cloud.rollout(shop).revisions if one.current]
    assert member.get(at(shop, "/workload/Deployment/web/undo") + "&to=77").status_code == 404
    assert member.post(at(shop, "/workload/Deployment/web/undo"), {"to": "77"}).status_code == 422


@pytest.mark.parametrize("number", ["", "many", "-1", "99999", "201"])
def test_replicas_that_cannot_be_are_refused(member: Client, shop: Project, number: str) -> None:
    answer = member.post(at(shop, "/workload/Deployment/web/scale"), {"replicas": number, "act": "scale"})
    assert answer.status_code == 422
    assert "<code>replicas</code>" in text(answer)


def test_a_workload_is_scaled_and_restarted(member: Client, cloud: Installation, shop: Project, home: Path) -> None:
    path = at(shop, "/workload/Deployment/web/scale")
    assert member.post(path, {"replicas": "2", "act": "scale"}).status_code == 302
    until(lambda: cloud.rollout(shop).ready == 2)
    assert member.post(path, {"act": "restart"}).status_code == 302
    settled(Terminal(home), shop)
    assert member.get(path).status_code == 405


def test_lines_are_shown_and_a_typed_line_is_answered(member: Client, cloud: Installation, shop: Project) -> None:
    name = replica(cloud, shop)
    run = at(shop, f"/replica/{name}/run")
    said = text(member.post(run, {"line": "echo '<b>' > /proc/1/fd/1; id -u; exit 4"}, HTTP_HX_REQUEST="true"))
    assert '<pre class="lines">65532\n</pre>' in said
    assert "Exit status 4" in said
    assert "<html" not in said
    page = until(lambda: lines(member, at(shop, f"/replica/{name}"), "&lt;b&gt;"))
    assert "<b>" not in page
    whole = text(member.post(run, {"line": "echo whole"}))
    assert "<html" in whole
    assert "whole\n</pre>" in whole
    assert member.get(at(shop, "/replica/none")).status_code == 404
    assert member.post(at(shop, "/replica/none/run"), {"line": "id"}).status_code == 404


def test_an_object_is_deleted_when_its_name_is_typed(member: Client, cloud: Installation, shop: Project) -> None:
    cloud.apply(shop, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n")
    path = at(shop, "/delete/ConfigMap/old")
    assert member.post(path, {"confirm": "olt"}).status_code == 422
    assert isinstance(cloud.engine.get(shop, "ConfigMap", "old"), tuple)
    assert member.post(path, {"confirm": "old"}).status_code == 302
    assert not isinstance(cloud.engine.get(shop, "ConfigMap", "old"), tuple)
    assert member.post(path, {"confirm": "old"}).status_code == 422


def test_charts_say_what_was_metered(member: Client, office: Office, cloud: Installation, shop: Project) -> None:
    at_now = int(office.clock.now().timestamp() * 1000) // MINUTE * MINUTE
    Ledger(cloud.engine.store).use("po-chart", 0, 0, at_now, at_now)
    with cloud.engine.store.change() as db:
        row = (shop.order, at_now - 2 * MINUTE, 30_000_000_000, 64 * 2**20 * MINUTE)
        db.execute("INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?)", row)
    cpu = member.get(at(shop, "/use/cpu")).json()["points"]
    memory = member.get(at(shop, "/use/memory")).json()["points"]
    assert 0.5 in [point[1] for point in cpu]
    assert 64.0 in [point[1] for point in memory]
    assert member.get(at(shop, "/use/disk")).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", ("已创建", "操作者 ", "修订 1")), ("en", ("Created", "by ", "revision 1"))]
)
def test_events_are_told_in_the_readers_language(
    office: Office, log_in: LogIn, shop: Project, language: str, said: tuple[str, ...]
) -> None:
    page = text(log_in(Role.TENANT_USER, tenant=OURS, language=language).get(at(shop)))
    events = page[page.index('id="h-events"') :]
    assert [one for one in said if one not in events] == []
    assert language == "en" or "Created" not in events


def test_what_happened_again_stands_where_it_happened_last(member: Client, cloud: Installation, shop: Project) -> None:
    kept, at_least = Objects(cloud.engine.store, shop.order), now()
    for later, reason in ((1000, "Again"), (2000, "Between"), (3000, "Again")):
        kept.tell(EventRow(0, shop.order, at_least + later, "Project", shop.name, "normal", reason, "told"))
    page = text(member.get(at(shop)))
    assert page.index(">Again<") < page.index(">Between<")


def test_the_hour_is_a_table_too_for_whoever_sees_no_chart(
    member: Client, office: Office, cloud: Installation, shop: Project
) -> None:
    at_now = int(office.clock.now().timestamp() * 1000) // MINUTE * MINUTE
    Ledger(cloud.engine.store).use("po-chart", 0, 0, at_now, at_now)
    with cloud.engine.store.change() as db:
        row = (shop.order, at_now - 3 * MINUTE, 15_000_000_000, 32 * 2**20 * MINUTE)
        db.execute("INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?)", row)
    page = text(member.get(at(shop)))
    assert '<td class="num">0.25</td><td class="num">32.0</td>' in page


def test_lines_say_where_they_go_on_and_only_of_the_container_that_runs(
    member: Client, cloud: Installation, shop: Project
) -> None:
    name = replica(cloud, shop)
    stream = f'data-address="/containers/v1/{CONTRACT}/{shop.name}/logs/{name}?tail=200"'
    assert stream in text(member.get(at(shop, f"/replica/{name}")))
    assert stream not in text(member.get(at(shop, f"/replica/{name}") + "&previous=1"))


def test_without_a_project_the_page_says_how_to_begin(own_office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.CLIENT_MANAGER, language="en").get(f"/containers/{ASK}"))
    assert "No project yet" in page
    assert "yunyue containers apply" in page
