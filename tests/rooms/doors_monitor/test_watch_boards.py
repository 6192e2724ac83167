"""Dashboards are data: checked by field, kept whole, given back as they were, apart by department."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.doors.monitor import board as room
from yunyue.doors.monitor.board import Board, Boards, Burn, Days, Latency, Note, Panel, Wall, understand, write

GOOD = b'{"name":"ops","title":"T","panels":[{"type":"wall","title":"all"}]}'


def board(name: str = "ops", tenant: str = "") -> Board:
    return Board(name=name, title="T", tenant=tenant, panels=(Wall(title="all"),))


titles = st.text(min_size=1, max_size=20)
orders = st.lists(titles, max_size=3).map(tuple)
panels: st.SearchStrategy[Panel] = st.one_of(
    st.builds(Wall, titles, orders),
    st.builds(Days, titles, orders),
    st.builds(Latency, titles, titles, st.integers(1, 744), st.just("haidian")),
    st.builds(Burn, titles, titles),
    st.builds(Note, titles, st.text(max_size=50)),
)


@given(titles, st.lists(panels, min_size=1, max_size=5))
def test_what_was_exported_is_imported_as_it_was(title: str, filled: list[Panel]) -> None:
    made = Board(name="ops", title=title, panels=tuple(filled))
    assert understand(write(made)) == made


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Ops Board"}, "board.name"),
        ({"name": "../../etc"}, "board.name"),
        ({"title": ""}, "board.title"),
        ({"panels": []}, "board.panels"),
        ({"panels": [{"type": "script", "title": "x"}]}, "board.panels[0].type"),
        ({"panels": [{"type": "latency", "title": "x", "order": "o", "hours": 0}]}, "board.panels[0].hours"),
        ({"panels": [{"type": "wall", "title": "x", "query": "DROP"}]}, "board.panels[0]"),
        ({"colour": "red"}, "board"),
    ],
)
def test_what_is_wrong_is_refused_by_field(change: dict[str, object], field: str) -> None:
    refused = understand(msgspec.json.encode({**msgspec.json.decode(GOOD), **change}))
    assert isinstance(refused, Refused)
    assert refused.field == field


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe", b'{"name":"ops"}', b" " * (room.MOST_BYTES + 1)])
def test_what_is_no_board_is_refused(text: bytes) -> None:
    assert isinstance(understand(text), Refused)


def test_a_board_is_kept_replaced_and_deleted(tmp_path: Path) -> None:
    boards = Boards(tmp_path)
    assert boards.all() == ()
    assert boards.keep(board()) == board()
    changed = msgspec.structs.replace(board(), title="U")
    boards.keep(changed)
    assert boards.all() == (changed,)
    assert boards.drop("ops") == changed
    assert boards.all() == ()
    assert isinstance(boards.drop("ops"), Refused)


class TestDepartments:
    def test_another_departments_board_is_as_if_it_were_not_there(self, tmp_path: Path) -> None:
        boards = Boards(tmp_path)
        boards.keep(board("mine", "dept-1"))
        boards.keep(board("ours"))
        assert [one.name for one in boards.all("dept-2")] == []
        assert isinstance(boards.find("mine", "dept-2"), Refused)
        assert isinstance(boards.drop("mine", "dept-2"), Refused)
        assert boards.find("mine", "dept-1") == board("mine", "dept-1")

    @pytest.mark.parametrize("tenant", ["", "dept-1"])
    def test_a_department_keeps_only_its_own_and_takes_no_name(self, tmp_path: Path, tenant: str) -> None:
        boards = Boards(tmp_path)
        boards.keep(board("taken", tenant))
        assert isinstance(boards.keep(board("other", tenant), "dept-2"), Refused)
        refused = boards.keep(board("taken", "dept-2"), "dept-2")
        assert isinstance(refused, Refused)
        assert boards.find("taken") == board("taken", tenant)


def test_there_is_an_end_to_boards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_BOARDS", 1)
    boards = Boards(tmp_path)
    boards.keep(board())
    assert isinstance(boards.keep(board("more")), Refused)
    assert boards.keep(board()) == board()
