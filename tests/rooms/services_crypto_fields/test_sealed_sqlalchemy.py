"""Sealed columns by SQLAlchemy, on SQLite and on a real PostgreSQL, with a real vault server."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from field_cast import Bureau
from postgres import BINARIES, Cluster
from sqlalchemy import Engine, String, create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from yunyue.services.crypto.fields import ColumnFailed, Sealed
from yunyue.services.crypto.fields.sqlalchemy import Cell, SealedText, open_all, sealed, turn_over

KEYS: list[Bureau] = []
NUMBER = "110101199003070011"


class Base(DeclarativeBase):
    """Tables of a department's program."""


class Citizen(Base):
    """A citizen with a sealed number, searched, and a sealed remark, not searched."""

    __tablename__ = "citizens"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    town: Mapped[str] = mapped_column(String(20), default="")
    number_cell: Mapped[Cell] = mapped_column("number", SealedText(), nullable=True)
    number_index: Mapped[str | None] = mapped_column(String(64), index=True)
    number = sealed(
        "number_cell",
        key=lambda: KEYS[-1].cells(),
        identity="id",
        index="number_index",
        index_key=lambda: KEYS[-1].codes(),
    )
    remark_cell: Mapped[Cell] = mapped_column("remark", SealedText(), nullable=True)
    remark = sealed("remark_cell", key=lambda: KEYS[-1].cells(), identity="id")


class Paper(Base):
    """Its identity is counted by the database, so it has none before it is written."""

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    title_cell: Mapped[Cell] = mapped_column("title", SealedText(), nullable=True)
    title = sealed("title_cell", key=lambda: KEYS[-1].cells(), identity="id")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, bureau: Bureau) -> Iterator[Engine]:
    KEYS[:] = [bureau]
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'db.sqlite'}")
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        name = cluster.database().rsplit("=", 1)[1]
        made = create_engine(f"postgresql+psycopg://postgres@/{name}?host={cluster.folder}")
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def raw(engine: Engine, statement: str) -> list[Any]:
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        return list(done) if done.returns_rows else []


def add(engine: Engine, *numbers: str | None, **more: Any) -> list[uuid.UUID]:
    with Session(engine) as session:
        rows = [Citizen(number=number, **more) for number in numbers]
        session.add_all(rows)
        session.commit()
        return [row.id for row in rows]


def test_a_text_comes_back_and_its_cell_is_a_ciphertext(engine: Engine) -> None:
    (found,) = add(engine, NUMBER, remark="低保户")
    with Session(engine) as session:
        row = session.get_one(Citizen, found)
        assert (row.number, row.remark) == (NUMBER, "低保户")
    ((cell, index, remark),) = raw(engine, "SELECT number, number_index, remark FROM citizens")
    assert cell.startswith("vault:v")
    assert remark.startswith("vault:v")
    assert NUMBER not in cell + index


@pytest.mark.parametrize("value", ["", "vault:v1:AAAA", "x" * 5000, "\x00", "𠮷"])
def test_any_text_comes_back(engine: Engine, value: str) -> None:
    (found,) = add(engine, value)
    with Session(engine) as session:
        assert session.get_one(Citizen, found).number == value


def test_nothing_stays_nothing(engine: Engine, bureau: Bureau) -> None:
    bureau.asked.clear()
    (found,) = add(engine, None)
    with Session(engine) as session:
        row = session.get_one(Citizen, found)
        assert (row.number, row.number_cell, row.number_index) == (None, None, None)
        row.number = NUMBER
        session.commit()
        row.number = None
        session.commit()
        assert session.scalars(select(Citizen).where(Citizen.number == NUMBER)).all() == []
        assert session.scalars(select(Citizen).where(Citizen.number.is_(None))).one() is row
        assert session.scalars(select(Citizen).where(Citizen.number.is_not(None))).all() == []
    assert raw(engine, "SELECT number, number_index FROM citizens") == [(None, None)]


def test_equal_values_are_found_without_opening_any(engine: Engine, bureau: Bureau) -> None:
    ids = add(engine, NUMBER, NUMBER, "other")
    bureau.asked.clear()
    with Session(engine) as session:
        found = session.scalars(select(Citizen).where(Citizen.number == NUMBER)).all()
        both = session.scalars(select(Citizen).where(Citizen.number.in_([NUMBER, "other"]))).all()
    assert {row.id for row in found} == set(ids[:2])
    assert {row.id for row in both} == set(ids)
    assert all(path == "hmac/codes" for path, _ in bureau.asked)


def test_what_cannot_be_asked_of_a_ciphertext_is_refused(engine: Engine) -> None:
    with pytest.raises(ColumnFailed, match="compared"):
        Citizen.number.like("11%")
    with pytest.raises(ColumnFailed, match="no blind index"):
        _ = Citizen.remark == "x"


def test_a_row_swapped_with_another_is_refused(engine: Engine) -> None:
    first, second = add(engine, "one", "two")
    cells = dict(raw(engine, "SELECT id, number FROM citizens"))
    keys = {str(uuid.UUID(str(key))): cell for key, cell in cells.items()}
    with engine.begin() as connection:
        swap = "UPDATE citizens SET number = :cell WHERE number = :old"
        connection.execute(text(swap), {"cell": "x", "old": keys[str(first)]})
        connection.execute(text(swap), {"cell": keys[str(first)], "old": keys[str(second)]})
    with Session(engine) as session, pytest.raises(ColumnFailed, match="authentication failed"):
        _ = session.get_one(Citizen, second).number


def test_a_cell_moved_to_another_column_is_refused(engine: Engine) -> None:
    (found,) = add(engine, "one")
    raw(engine, "UPDATE citizens SET remark = number")
    with Session(engine) as session, pytest.raises(ColumnFailed, match=r"citizens\.remark"):
        _ = session.get_one(Citizen, found).remark


def test_a_thousand_rows_are_sealed_and_opened_in_one_request_each(engine: Engine, bureau: Bureau) -> None:
    bureau.asked.clear()
    add(engine, *[f"number {count}" for count in range(1000)])
    assert bureau.asked == [("hmac/codes", 1000), ("encrypt/cells", 1000)]
    bureau.asked.clear()
    with Session(engine) as session:
        rows = open_all(session.scalars(select(Citizen)))
        assert {row.number for row in rows} == {f"number {count}" for count in range(1000)}
    assert bureau.asked == [("decrypt/cells", 1000)]


def test_an_unchanged_row_is_not_sealed_again(engine: Engine, bureau: Bureau) -> None:
    (found,) = add(engine, NUMBER)
    with Session(engine) as session:
        row = session.get_one(Citizen, found)
        assert row.number == NUMBER
        bureau.asked.clear()
        row.town = "通州"
        session.commit()
        assert bureau.asked == []
        assert row.number == NUMBER
        assert bureau.asked == []


def test_a_row_that_gets_another_identity_takes_its_text_along(engine: Engine) -> None:
    (found,) = add(engine, NUMBER)
    other = uuid.uuid4()
    with Session(engine) as session:
        session.get_one(Citizen, found).id = other
        session.commit()
    with Session(engine) as session:
        assert session.get_one(Citizen, other).number == NUMBER


def test_a_row_without_an_identity_is_refused_before_anything_is_written(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Paper(title="密"))
        with pytest.raises(ColumnFailed, match="identity"):
            session.commit()
    with Session(engine) as session:
        session.add(Paper(id=7, title="密"))
        session.commit()
        assert session.get_one(Paper, 7).title == "密"


def test_plain_text_cannot_be_written_past_the_attribute(engine: Engine) -> None:
    row = {"id": uuid.uuid4(), "town": "", "number": NUMBER}
    with engine.connect() as connection, pytest.raises(Exception, match="plain text does not go"):
        connection.execute(Base.metadata.tables["citizens"].insert(), row)


def test_a_sealed_vault_is_said_and_nothing_is_written(engine: Engine, bureau: Bureau) -> None:
    before = raw(engine, "SELECT count(*) FROM citizens")
    bureau.server.ask("PUT", "sys/seal").raise_for_status()
    try:
        with pytest.raises(ColumnFailed, match="sealed"):
            add(engine, NUMBER)
    finally:
        bureau.server.ask("PUT", "sys/unseal", {"key": bureau.server.shares[0]}).raise_for_status()
    assert raw(engine, "SELECT count(*) FROM citizens") == before


def test_turning_over_brings_cells_and_codes_to_the_latest_versions(engine: Engine, bureau: Bureau) -> None:
    add(engine, *[f"number {count}" for count in range(25)], None, remark="r")
    bureau.manage("POST", "keys/cells/rotate")
    bureau.manage("POST", "keys/codes/rotate")
    with Session(engine) as session:
        assert session.scalars(select(Citizen).where(Citizen.number == "number 3")).one()
        assert turn_over(session, Citizen, at_once=10) == 26
        session.commit()
        assert turn_over(session, Citizen, at_once=10) == 0
    cells, codes = bureau.latest("cells"), bureau.latest("codes")
    rows = raw(engine, "SELECT number, remark, number_index FROM citizens")
    assert {cell.split(":")[1] for number, remark, _ in rows for cell in (number, remark) if cell} == {f"v{cells}"}
    assert {index.split(":")[0] for _, _, index in rows if index} == {str(codes)}
    with Session(engine) as session:
        assert session.scalars(select(Citizen).where(Citizen.number == "number 3")).one().number == "number 3"


def test_a_dump_contains_no_plain_text(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    add(engine, NUMBER, remark="低保户资料")
    with Session(engine) as session:
        assert isinstance(session.scalars(select(Citizen)).one().number_cell, Sealed)
    if engine.dialect.name == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        command = [str(BINARIES / "pg_dump"), "-h", str(cluster.folder), "-U", "postgres", str(engine.url.database)]
        dump = subprocess.run(command, check=True, capture_output=True).stdout
    else:
        engine.dispose()
        dump = b"".join(path.read_bytes() for path in tmp_path.glob("db.sqlite*"))
    assert b"citizens" in dump
    assert b"vault:v" in dump
    assert NUMBER.encode() not in dump
    assert "低保户".encode() not in dump
