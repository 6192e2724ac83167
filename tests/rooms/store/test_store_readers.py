"""Connections for readers: one each at a time, used again, thrown away after an error, closed at the end."""

import pytest

from yunyue.store.errors import StorageFailed
from yunyue.store.readers import Readers


class Line:
    """A thing that can be closed and knows it."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def made() -> list[Line]:
    """Every connection that was made."""
    return []


@pytest.fixture
def readers(made: list[Line]) -> Readers[Line]:
    """A stock that notes what it makes."""

    def connect() -> Line:
        made.append(Line())
        return made[-1]

    return Readers(connect, "the stock")


def test_a_connection_is_used_again(readers: Readers[Line], made: list[Line]) -> None:
    for _ in range(3):
        with readers.lend():
            pass
    assert len(made) == 1


def test_two_readers_at_once_have_one_each(readers: Readers[Line], made: list[Line]) -> None:
    with readers.lend() as one, readers.lend() as other:
        assert one is not other
    assert len(made) == 2


def fail_with(readers: Readers[Line]) -> None:
    with readers.lend():
        raise KeyError("a reader's own error")


def test_after_an_error_all_idle_ones_are_thrown_away(readers: Readers[Line], made: list[Line]) -> None:
    with readers.lend(), readers.lend():
        pass
    with pytest.raises(KeyError):
        fail_with(readers)
    assert [line.closed for line in made] == [True, True]
    with readers.lend() as fresh:
        assert fresh is made[2]


def test_closing_closes_idle_ones_now_and_lent_ones_when_they_come_back(
    readers: Readers[Line], made: list[Line]
) -> None:
    with readers.lend():
        with readers.lend():
            pass
        readers.close()
        assert [line.closed for line in made] == [False, True]
    assert [line.closed for line in made] == [True, True]


def test_nothing_is_lent_once_closed(readers: Readers[Line]) -> None:
    readers.close()
    with pytest.raises(StorageFailed, match="the stock is closed"), readers.lend():
        pass
