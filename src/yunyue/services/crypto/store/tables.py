"""The tables of the vault: sealed rows; and the use log, whose records stay until they are sealed in segments."""

from typing import Final

from yunyue.journal.tree import Frontier
from yunyue.services.crypto.store.database import Tables

_USES: Final = (
    "CREATE TABLE uses (sequence INTEGER PRIMARY KEY, at BIGINT NOT NULL, space TEXT NOT NULL, key TEXT NOT NULL,"
    " version INTEGER NOT NULL, operation TEXT NOT NULL, items INTEGER NOT NULL, actor TEXT NOT NULL,"
    " status INTEGER NOT NULL, micros INTEGER NOT NULL, request BLOB NOT NULL, response BLOB NOT NULL)"
)
_INDEX: Final = "CREATE INDEX uses_by_space ON uses (space, at)"
_FORWARDED: Final = "CREATE TABLE forwarded (space TEXT PRIMARY KEY, sequence BIGINT NOT NULL, ordinal BIGINT NOT NULL)"
_HEAD: Final = "CREATE TABLE head (id INTEGER PRIMARY KEY, frontier BLOB NOT NULL)"
_HOLD: Final = (
    "CREATE TRIGGER uses_hold BEFORE UPDATE ON uses BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END"
)
_SEGMENTS: Final = (
    "CREATE TABLE segments (first BIGINT PRIMARY KEY, count BIGINT NOT NULL, began BIGINT NOT NULL,"
    " ended BIGINT NOT NULL, digest TEXT NOT NULL)"
)
_SEALED_ONLY: Final = (
    "CREATE TRIGGER uses_stay BEFORE DELETE ON uses WHEN NOT EXISTS (SELECT 1 FROM segments WHERE"
    " OLD.sequence >= first AND OLD.sequence < first + count)"
    " BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END"
)
_SEGMENTS_STAY: Final = tuple(
    f"CREATE TRIGGER segments_{name} BEFORE {verb} ON segments"
    " BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END"
    for name, verb in (("stay", "DELETE"), ("hold", "UPDATE"))
)
_NEW: Final = (_SEGMENTS, _SEALED_ONLY, *_SEGMENTS_STAY)
_EMPTY: Final = Frontier().to_bytes().hex()
_FIRST: Final = "INSERT INTO head VALUES (1, {})"
_STRICT: Final = """
CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'uses' THEN
    IF EXISTS (SELECT 1 FROM segments WHERE OLD.sequence >= first AND OLD.sequence < first + count) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the use log is append-only';
END $$
"""
_TRIGGERS: Final = tuple(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION stay()"
    for table in ("uses", "segments", "files")
)
_FILES: Final = "CREATE TABLE files (name TEXT PRIMARY KEY, content BYTEA NOT NULL)"
"""Sealed segments, where the log has no folder of its own."""


def _spoken(statement: str) -> str:
    """In the words of PostgreSQL: octets, and numbers that never run out."""
    return statement.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")


USES: Final = Tables(
    name="use log",
    mark=0x59594B55,
    version=3,
    sqlite=(
        _USES, _INDEX, _FORWARDED, _HEAD, _HOLD, *_NEW, _FIRST.format(f"x'{_EMPTY}'"),
    ),
    postgres=(
        *(_spoken(one) for one in (_USES, _INDEX, _FORWARDED, _HEAD, _SEGMENTS)),
        _FILES, _STRICT, *_TRIGGERS, _FIRST.format(f"'\\x{_EMPTY}'"),
    ),
    sqlite_upgrades={1: ("DROP TRIGGER uses_stay", *_NEW), 2: ()},
    postgres_upgrades={2: (_FILES, _TRIGGERS[-1])},
)  # fmt: skip
ROWS: Final = Tables(
    name="store of keys",
    mark=0x59594B31,
    version=1,
    sqlite=("CREATE TABLE sealed_rows (path TEXT PRIMARY KEY, content BLOB NOT NULL)",),
    postgres=('CREATE TABLE sealed_rows (path TEXT COLLATE "C" PRIMARY KEY, content BYTEA NOT NULL)',),
)
