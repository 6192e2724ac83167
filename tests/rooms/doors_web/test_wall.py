"""The wall display says at a glance what stands, and keeps itself current."""

import re

from console_cast import LogIn, text

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role

WALL = "/wall?contract=beijing-2024"


def tiles(page: str) -> dict[str, str]:
    """Each service's tile as text, by title."""
    found = re.findall(r'<article class="tile ([a-z-]+)"><h2>(.*?)</h2>(.*?)</article>', page, re.DOTALL)
    return {title: light + re.sub(r"<[^>]+>", " ", rest) for light, title, rest in found}


def test_every_service_of_the_contract_has_a_tile_in_the_contracts_order(office: Office, log_in: LogIn) -> None:
    shown = tiles(text(log_in().get(WALL)))
    assert list(shown) == [
        "商用操作系统套餐",
        "容器服务",
        "视频转码服务",
        "安全服务",
        "安全检测",
        "监测",
        "审计服务",
        "密码应用服务",
    ]


def test_a_service_below_its_level_is_red_and_says_by_how_much(office: Office, log_in: LogIn) -> None:
    monitoring = tiles(text(log_in().get(WALL)))["监测"]
    assert monitoring.startswith("tile-missed")
    assert "未达标" in monitoring
    assert re.search(r"98\.\d+ %", monitoring)


def test_a_service_nobody_judged_is_neither_red_nor_green(office: Office, log_in: LogIn) -> None:
    assert tiles(text(log_in().get(WALL)))["密码应用服务"].startswith("tile-unjudged")


def test_running_instances_are_counted(office: Office, log_in: LogIn) -> None:
    shown = tiles(text(log_in(language="en").get(WALL)))
    assert "1 running" in shown["Monitoring"]
    assert "0 running" in shown["Cryptography"]


def test_the_newest_facts_come_first(office: Office, log_in: LogIn) -> None:
    page = text(log_in().get(WALL))
    newest = re.findall(r'<span class="text-secondary">(.*?)</span></li>', page)
    assert newest == [one.fact.id for one in office.kernel.facts("beijing-2024")[:-9:-1]]


def test_the_display_is_dark_whatever_the_browser_chose(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/theme", {"theme": "light"})
    assert 'data-bs-theme="dark"' in text(client.get(WALL))


def test_it_asks_to_be_told_of_its_own_contract_only(office: Office, log_in: LogIn) -> None:
    assert 'id="live" data-live="fact" data-contract="beijing-2024"' in text(log_in().get(WALL))


def test_a_contract_there_is_not_is_refused(office: Office, log_in: LogIn) -> None:
    assert log_in().get("/wall?contract=nowhere").status_code == 400


def test_a_tenant_user_does_not_see_the_contracts_money(office: Office, log_in: LogIn) -> None:
    assert log_in(Role.TENANT_USER).get(WALL).status_code == 403
