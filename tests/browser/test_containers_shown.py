"""A person applies the sample application in the console, sees it run, scales it, looks inside, and rolls it back."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
import pytest
from axe_cast import looked_at
from browser_cast import NewPage, Served, log_in
from cli_cast import CONTRACT
from containers_cast import OURS
from playwright.sync_api import Page, expect
from podman_cast import Installation, deployment, install, service, sweep
from wishing import now, until

from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.station import Station
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.registry.server import registry_at
from yunyue.services.containers.registry.tokens import PushTokens

ASK = f"?contract={CONTRACT}"
MANAGER = "user:2"
WEB = service() + deployment(replicas=1)
LONG = 60_000
T = TypeVar("T")


@pytest.fixture(scope="module")
def cloud(served: Served) -> Iterator[Installation]:
    """The engine of the server that runs: it keeps the project going, not the test."""
    made = apart(lambda: begun(Installation(served.home / "services" / "containers" / "_engine")))
    yield made
    apart(lambda: ended(made))


def apart(work: Callable[[], T]) -> T:
    """In a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def begun(made: Installation) -> Installation:
    install()
    sweep()
    made.claim()
    assert asyncio.run(Station(made.places).up()) is None
    made.load("localhost/web:1")
    made.load("localhost/web:2", b"two\n")
    made.made = 1
    project = made.projects.add(Project("bo-1", CONTRACT, OURS, "shop", 0, ProjectOrder(name="shop"), now()))
    assert isinstance(project, Project)
    assert made.projects.grant(project.order, MANAGER, "admin") is None
    pushed(made, project)
    return made


def pushed(made: Installation, project: Project) -> None:
    """An image in the registry, which the server starts with its first project."""
    token = PushTokens(made.engine.store, now).issue(project.order, "ci", MANAGER)
    ring(made.places.run / "bell", "")
    registry = until(lambda: registry_at(made.folder, now), LONG / 1000)
    until(registry.configuration.exists, LONG / 1000)
    name = f"{registry.address}/shop/app:v1"
    made.podman("tag", "localhost/web:1", name)
    made.podman("push", "-q", "--tls-verify=false", f"--creds=shop:{token}", name)


def ended(made: Installation) -> None:
    project = made.projects.find("bo-1")
    assert isinstance(project, Project)
    made.projects.put(msgspec.structs.replace(project, ended=now()))
    ring(made.places.run / "bell", "")
    made.cleared(project)
    made.destroy()


def applied(page: Page, text: str) -> None:
    """Type a manifest, look at what it changes, apply it."""
    page.goto(f"/containers/shop/edit{ASK}")
    page.locator("#manifest").fill(text)
    page.locator("button[value=diff]").click()
    expect(page.locator("#h-diff")).to_be_visible()
    page.locator("button[value=apply]").click()
    expect(page.locator(".alert-success")).to_be_visible()


def complete(page: Page, image: str) -> None:
    page.goto(f"/containers/shop/workload/Deployment/web{ASK}")
    expect(page.locator(f"[data-state=complete] [data-image='{image}']")).to_be_visible(timeout=LONG)


@pytest.mark.timeout(300)
def test_the_sample_application_is_applied_scaled_and_rolled_back(
    served: Served, new_page: NewPage, cloud: Installation
) -> None:
    page = new_page("zh-CN")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop/edit{ASK}")
    page.locator("#manifest").fill(WEB.replace("runAsNonRoot: true", "runAsNonRoot: false"))
    page.locator("button[value=diff]").click()
    expect(page.locator(".alert-danger code")).to_contain_text("runAsNonRoot")
    applied(page, WEB)
    complete(page, "localhost/web:1")
    page.locator("#replicas").fill("2")
    page.locator("button[value=scale]").click()
    expect(page.locator("#live")).to_contain_text("2/2", timeout=LONG)
    applied(page, deployment(image="localhost/web:2"))
    complete(page, "localhost/web:2")
    page.locator("a[href*='/undo']").first.click()
    page.locator("main button.btn-primary").click()
    complete(page, "localhost/web:1")


@pytest.mark.timeout(300)
def test_a_typed_line_is_answered_without_leaving_the_page(
    served: Served, new_page: NewPage, cloud: Installation
) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop{ASK}")
    page.locator("#h-replicas ~ .table-responsive a").first.click()
    for line in ("echo first > /proc/1/fd/1; echo answered", "echo again"):
        page.locator("#line").fill(line)
        page.locator("#line").press("Enter")
        expect(page.locator("#said .answer").last).to_contain_text(line.split()[-1])
    expect(page.locator("#said .answer")).to_have_count(2)
    expect(page.locator("#lines")).to_contain_text("first", timeout=LONG)


@pytest.mark.timeout(300)
def test_a_shell_is_opened_typed_into_and_left(served: Served, new_page: NewPage, cloud: Installation) -> None:
    """What the shell answers is drawn, in colours too, under the pages' own policy; its status is said at the end."""
    page = new_page("zh-CN")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop{ASK}")
    page.locator("#h-replicas ~ .table-responsive a").first.click()
    page.locator("#terminal-open").click()
    expect(page.locator("#terminal-said")).to_contain_text("Ctrl+D")
    page.keyboard.type("printf '\\033[38;2;200;30;30mdrawn %s\\033[0m\\n' $((6*7))\n")
    coloured = page.locator("#terminal .xterm-rows span", has_text="drawn 42")
    expect(coloured).to_have_css("color", "rgb(200, 30, 30)")
    page.keyboard.type("exit 3\n")
    expect(page.locator("#terminal-said")).to_contain_text("退出状态 3")


@pytest.mark.timeout(300)
def test_lines_come_by_themselves_and_stand_still_while_they_are_held(
    served: Served, new_page: NewPage, cloud: Installation
) -> None:
    page = new_page("zh-CN")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop{ASK}")
    page.locator("#h-replicas ~ .table-responsive a").first.click()
    expect(page.locator("#lines-said")).to_contain_text("实时")
    typed(page, "echo while-live > /proc/1/fd/1")
    expect(page.locator("#lines")).to_contain_text("while-live")
    page.locator("#lines-hold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lines-said")).to_contain_text("已暂停")
    typed(page, "echo while-held > /proc/1/fd/1; echo '<b>' > /proc/1/fd/1")
    expect(page.locator("#lines")).not_to_contain_text("while-held")
    page.locator("#lines-hold").click()
    expect(page.locator("#lines")).to_contain_text("while-held")
    expect(page.locator("#lines b")).to_have_count(0)


def typed(page: Page, line: str) -> None:
    """One command, answered."""
    answers = page.locator("#said .answer")
    before = answers.count()
    page.locator("#line").fill(line)
    page.locator("#line").press("Enter")
    expect(answers).to_have_count(before + 1)


@pytest.mark.timeout(300)
def test_who_stands_on_a_link_stays_there_when_the_project_is_looked_at_anew(
    served: Served, new_page: NewPage, cloud: Installation
) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop{ASK}")
    page.locator("#h-objects ~ .table-responsive a", has_text="web").first.focus()
    page.evaluate(
        "() => { window.renewed = 0; addEventListener('live:renewed', () => { window.renewed += 1; }, true); }"
    )
    page.wait_for_function("() => window.renewed >= 2")
    assert page.evaluate("() => document.activeElement.getAttribute('href')").startswith("/containers/shop/workload/")


@pytest.mark.timeout(300)
def test_a_member_is_named_and_a_push_token_is_shown_once(
    served: Served, new_page: NewPage, cloud: Installation
) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/containers/shop/members{ASK}")
    page.get_by_label("Pseudonym").fill("user:4")
    page.locator("#role").select_option("deployer")
    page.get_by_role("button", name="Give the role").press("Enter")
    expect(page.get_by_role("row", name="user:4")).to_contain_text("Deployer")
    page.get_by_role("button", name="Remove user:2").click()
    expect(page.get_by_role("alert")).to_contain_text("keeps at least one admin")
    page.goto(f"/containers/shop/push-tokens{ASK}")
    page.locator("#name").fill("robot")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("code.once").inner_text()
    project = cloud.projects.find("bo-1")
    assert isinstance(project, Project)
    assert PushTokens(cloud.engine.store, now).holds(project.order, secret)
    page.goto(f"/containers/shop/push-tokens{ASK}")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke robot").click()
    expect(page.get_by_role("row", name="robot")).to_contain_text("Revoked")
    assert not PushTokens(cloud.engine.store, now).holds(project.order, secret)


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_a_project_that_runs(served: Served, new_page: NewPage, cloud: Installation) -> None:
    page = new_page("zh-CN")
    log_in(page, served, "manager")
    replicas = page.request.get(f"/api/v1/contracts/{CONTRACT}/containers/shop/replicas").json()
    name = next(one["name"] for one in replicas if one["phase"] == "ready")
    people = ("/members", "/push-tokens", f"/images/one{ASK}&image=app:v1&contents=1")
    inside = ("", "/edit", "/images", *people, f"/replica/{name}", "/workload/Deployment/web", "/workload/Service/web")
    undo = "/workload/Deployment/web/undo"
    found = [looked_at(page, f"/containers/shop{path}{'' if '?' in path else ASK}") for path in inside]
    found += [looked_at(page, f"/containers/{ASK}"), looked_at(page, f"/containers/shop{undo}{ASK}&to=2")]
    assert [one for said in found for one in said or ()] == []
    assert None not in found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_project_that_runs_fits_a_telephone(
    served: Served, new_page: NewPage, cloud: Installation, language: str
) -> None:
    page = new_page(language, width=390)
    log_in(page, served, "manager")
    inside = ("", "/edit", "/images", "/members", "/push-tokens", "/workload/Deployment/web", "/replica/web-1")
    wrong = []
    for path in inside:
        page.goto(f"/containers/shop{path}{ASK}", wait_until="load")
        if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(path)
    assert wrong == []
