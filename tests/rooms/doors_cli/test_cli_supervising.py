"""yunyue incident, yunyue score, and providing an order again."""

from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal, session

PLACE = ("order", "place", CONTRACT, "monitor", "monitor-site", "1", "kind=tcp", "target=example.gov.cn:443")
FOR = ("--tenant", "department-1", "--deliver-by", "2024-06-01", "--actor", "client:1")


@pytest.fixture
def placed(terminal: Terminal) -> str:
    order: str = terminal.json(*PLACE, *FOR)["order"]
    return order


def test_an_incident_is_recorded_noted_linked_and_closed(terminal: Terminal, placed: str) -> None:
    name = terminal.json("incident", "open", CONTRACT, placed, "1", "down")["incident"]
    terminal.ok("incident", "note", CONTRACT, name, "located", "a cable")
    ticket = terminal.json("ticket", "open", CONTRACT, "1", "it is down")["ticket"]
    terminal.ok("incident", "link", CONTRACT, name, "ticket", ticket)
    assert terminal.json("incident", "show", CONTRACT, name)["ended"] is None
    terminal.ok("incident", "close", CONTRACT, name)
    found = terminal.json("incident", "show", CONTRACT, name)
    assert [one["type"] for one in found["course"]] == [
        f"incident.{one}" for one in ("opened", "noted", "linked", "closed")
    ]
    assert found["tickets"] == [ticket]
    assert [one["incident"] for one in terminal.json("incident", "list", CONTRACT)] == [name]
    assert "a cable" in terminal.ok("incident", "show", CONTRACT, name)
    assert "1 incidents" in terminal.ok("incident", "list", CONTRACT)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("open", CONTRACT, "no-such", "1", "down"), "no order.placed"),
        (("note", CONTRACT, "no-such", "located", "x"), "no incident.opened"),
        (("close", CONTRACT, "no-such"), "no incident.opened"),
        (("show", CONTRACT, "no-such"), "there is no incident"),
        (("open", CONTRACT, "no such", "1", "down"), ""),
        (("list", "no-such"), ""),
    ],
)
def test_what_is_no_incident_is_refused(terminal: Terminal, words: tuple[str, ...], rule: str) -> None:
    assert rule in terminal.refused("incident", *words)["reason"]


def test_an_incident_does_not_lie_before_its_order(terminal: Terminal, placed: str) -> None:
    words = ("open", CONTRACT, placed, "1", "down", "--at", "2024-05-01T10:00")
    assert terminal.refused("incident", *words)["field"] == "incident.opened.time"


def test_an_order_nobody_approved_is_not_provided(terminal: Terminal, placed: str) -> None:
    assert "not approved" in terminal.refused("order", "provide", CONTRACT, placed)["reason"]
    assert terminal.refused("order", "provide", CONTRACT, "no-such")["clause"]


def test_one_scores_and_another_agrees(terminal: Terminal, tmp_path: Path) -> None:
    scan, mine, theirs = (str(tmp_path / name) for name in ("scan.pdf", "mine", "theirs"))
    Path(scan).write_bytes(b"%PDF a scan")
    give = ("score", "give", CONTRACT, "monthly", "2024-05", "--token-file", mine)
    done = session(
        terminal,
        ("account", "add", "maker", "client_manager"),
        ("account", "add", "checker", "client_approver"),
        ("token", "make", "maker", "proposals:write"),
        ("token", "make", "checker", "proposals:write"),
        ("keep", mine, "{2[token]}"),
        ("keep", theirs, "{3[token]}"),
        ("chosen",),
        ("score", "template", CONTRACT, "monthly", "outages", "Monthly", "down|Outages|10|2", "late|Reports|5|1",
         "--token-file", mine),
        ("proposal", "decide", CONTRACT, "{7[id]}", "--token-file", theirs),
        ("score", "templates", CONTRACT),
        (*give, f"down=3:@{scan}"),
        ("proposal", "decide", CONTRACT, "{10[id]}", "--token-file", theirs),
        ("score", "list", CONTRACT),
        (*give, "down=1"),
        (*give, "up=1:f"),
        (*give, "down=1:f", "down=2:f"),
        (*give, "down=1:@/no/such/file"),
        (*give, f"late=all:@{scan}"),
        ("score", "template", CONTRACT, "x", "outages", "X", "down", "--token-file", mine),
        ("score", "give", CONTRACT, "yearly", "2024-06", "--token-file", mine),
    )[4:]  # fmt: skip
    answers = [answer for _code, answer in done]
    assert [code for code, _answer in done] == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert [one["code"] for one in answers[2][0]["criteria"]] == ["down", "late"]
    assert answers[3]["waits"]
    assert [(one["month"], one["points"]) for one in answers[5]] == [("2024-05", "94")]
    reasons = [answer["refused"]["reason"] for answer in answers[6:]]
    for reason, rule in zip(
        reasons,
        ("is not CRITERION", "no criterion 'up'", "stands there twice", "cannot be read", "taken already",
         "code|title", "no score template"),
        strict=True,
    ):  # fmt: skip
        assert rule in reason
