"""yunyue order change, agree, left, show, focus; yunyue ticket; yunyue archive."""

from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # brings no types
import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal

PLACE = ("order", "place", CONTRACT, "monitor", "monitor-site", "1", "kind=tcp", "target=example.gov.cn:443")
FOR = ("--tenant", "department-1", "--deliver-by", "2024-06-01", "--actor", "client:1")


@pytest.fixture
def placed(terminal: Terminal) -> tuple[Terminal, str]:
    order: str = terminal.json(*PLACE, *FOR)["order"]
    return terminal, order


def test_a_change_is_asked_for_and_agreed_to_by_another_person(placed: tuple[Terminal, str]) -> None:
    terminal, order = placed
    asked = ("order", "change", CONTRACT, order, "--quantity", "2", "--reason", "more", "--actor", "client:1")
    change = terminal.json(*asked)["change"]
    assert terminal.json("order", "show", CONTRACT, order)["waiting"] == [change]
    found = terminal.refused("order", "agree", CONTRACT, change, "--actor", "client:1")
    assert "another person approves" in found["reason"]
    terminal.ok("order", "agree", CONTRACT, change, "--actor", "client:2")
    assert terminal.json("order", "show", CONTRACT, order)["quantity"] == "2"


@pytest.mark.parametrize(
    ("words", "clause"),
    [
        (("--quantity", "many"), "C02"),
        (("--quantity", "99999999"), "C02"),
        (("--deliver-by", "2030-01-01"), "C01"),
    ],
)
def test_a_change_beyond_the_contract_is_refused(
    placed: tuple[Terminal, str], words: tuple[str, ...], clause: str
) -> None:
    terminal, order = placed
    assert terminal.refused("order", "change", CONTRACT, order, *words, "--reason", "r")["clause"] == clause


def test_what_is_left_goes_down(placed: tuple[Terminal, str]) -> None:
    terminal, _order = placed
    found = terminal.json("order", "left", CONTRACT)
    assert float(found["free"]) + float(found["committed"]) == pytest.approx(float(found["total"]))
    assert float(found["committed"]) > 0


@pytest.mark.parametrize(("ending", "mark"), [("csv", b"BilledCost,"), ("parquet", b"PAR1")])
def test_cost_and_usage_are_exported(terminal: Terminal, tmp_path: Path, ending: str, mark: bytes) -> None:
    file = tmp_path / f"focus.{ending}"
    terminal.ok("order", "focus", CONTRACT, "-o", str(file))
    assert file.read_bytes().startswith(mark)


def test_an_export_names_what_was_used_without_a_price(placed: tuple[Terminal, str], tmp_path: Path) -> None:
    terminal, order = placed
    window = ("start=2024-06-01T00:00:00+08:00", "end=2024-06-02T00:00:00+08:00")
    terminal.ok("fact", "add", CONTRACT, "usage.metered", f"order={order}", "meter=monitor.free", "quantity=1", *window)
    found = terminal.json("order", "focus", CONTRACT, "-o", str(tmp_path / "focus.csv"))
    assert found["unpriced"] == ["monitor.free"]
    assert "monitor.free" not in (tmp_path / "focus.csv").read_text()  # nothing was billed: there is no row to say so
    terminal.ok("order", "focus", CONTRACT, "-o", str(tmp_path / "focus.parquet"))
    assert pq.read_schema(tmp_path / "focus.parquet").metadata[b"x_UnpricedMeters"] == b"monitor.free"
    assert "monitor.free" in terminal.ok("order", "focus", CONTRACT, "-o", str(tmp_path / "focus.csv"))


def test_another_ending_or_folder_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.refused("order", "focus", CONTRACT, "-o", str(tmp_path / "a.xml"))["field"] == "output"
    assert terminal.refused("order", "focus", CONTRACT, "-o", str(tmp_path / "no" / "a.csv"))


def test_an_order_that_is_not_there_is_not_shown(terminal: Terminal) -> None:
    assert terminal.refused("order", "show", CONTRACT, "nothing")["field"] == "order"


def test_a_ticket_is_opened_worked_on_and_closed(terminal: Terminal) -> None:
    ticket = terminal.json("ticket", "open", CONTRACT, "1", "nothing answers", "--tenant", "dept-1")["ticket"]
    assert terminal.json("ticket", "list", CONTRACT)[0]["ticket"] == ticket
    for step in ("answered", "resolved", "closed"):
        terminal.ok("ticket", "step", CONTRACT, ticket, step, "--text", "done")
    assert terminal.json("ticket", "list", CONTRACT) == []
    assert terminal.json("ticket", "list", CONTRACT, "--all")[0]["state"] == "closed"
    assert "ticket.resolved" in terminal.ok("ticket", "show", CONTRACT, ticket)


def test_a_step_that_does_not_follow_or_exist_is_refused(terminal: Terminal) -> None:
    ticket = terminal.json("ticket", "open", CONTRACT, "4", "how?")["ticket"]
    assert terminal.refused("ticket", "step", CONTRACT, ticket, "closed")["clause"] == "C18"
    assert terminal.refused("ticket", "step", CONTRACT, ticket, "deleted")["field"] == "kind"
    assert terminal.refused("ticket", "show", CONTRACT, "nothing")["field"] == "ticket"
    assert terminal.json("ticket", "escalate", CONTRACT) == {"escalated": 0}


def test_documents_are_listed_with_their_retention_and_nothing_is_swept_before(terminal: Terminal) -> None:
    terminal.ok("fact", "add", CONTRACT, "annex.attached", "annex=1", "sample=false", f"document={DOCUMENT}")
    found = terminal.json("archive", "list", CONTRACT)
    assert {one["digest"]: one["state"] for one in found}[DOCUMENT] == "kept"
    later = terminal.json("archive", "list", CONTRACT, "--as-of", "2099-01-01")
    assert {one["state"] for one in later} == {"destroyable"}
    assert terminal.json("archive", "sweep", CONTRACT) == {"removed": 0}
    refused = terminal.refused("fact", "add", CONTRACT, "document.destroyed", f"digest={DOCUMENT}", "reason=r")
    assert refused["clause"] == "C38"
