"""The journal's tables in SQLite, and the triggers by which the database itself refuses to change what is written.

REPLACE would delete a row without firing a trigger for it, so the insert trigger refuses a repeated id beforehand.
"""

APPLICATION_ID = 0x59595545
"""Marks the file as one of ours ("YYUE"), for file(1) and for opening."""

VERSION = 1

TABLES = (
    """
CREATE TABLE leaves (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  type TEXT NOT NULL,
  recorded INTEGER NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) BETWEEN 1 AND 65535)
) STRICT
""",
    "CREATE INDEX leaves_by_subject ON leaves (subject, sequence)",
    """
CREATE TABLE nodes (
  level INTEGER NOT NULL CHECK (level > 0 AND level % 8 = 0),
  place INTEGER NOT NULL CHECK (place >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  frontier BLOB NOT NULL,
  recorded INTEGER NOT NULL
) STRICT
""",
)

TRIGGERS = (
    """
CREATE TRIGGER leaves_in_order BEFORE INSERT ON leaves BEGIN
  SELECT RAISE(ABORT, 'journal: a leaf takes the next sequence number')
    WHERE NEW.sequence IS NOT (SELECT coalesce(max(sequence), -1) + 1 FROM leaves);
  SELECT RAISE(ABORT, 'journal: recorded time does not run backwards')
    WHERE NEW.recorded < (SELECT recorded FROM leaves WHERE sequence = NEW.sequence - 1);
  SELECT RAISE(ABORT, 'journal: this id is already there') FROM leaves WHERE id = NEW.id;
END
""",
    """
CREATE TRIGGER leaves_stay BEFORE UPDATE ON leaves BEGIN
  SELECT RAISE(ABORT, 'journal: a leaf is never changed');
END
""",
    """
CREATE TRIGGER leaves_remain BEFORE DELETE ON leaves BEGIN
  SELECT RAISE(ABORT, 'journal: a leaf is never deleted');
END
""",
    """
CREATE TRIGGER nodes_once BEFORE INSERT ON nodes BEGIN
  SELECT RAISE(ABORT, 'journal: this node is already there')
    FROM nodes WHERE level = NEW.level AND place = NEW.place;
END
""",
    """
CREATE TRIGGER nodes_stay BEFORE UPDATE ON nodes BEGIN
  SELECT RAISE(ABORT, 'journal: a node is never changed');
END
""",
    """
CREATE TRIGGER nodes_remain BEFORE DELETE ON nodes BEGIN
  SELECT RAISE(ABORT, 'journal: a node is never deleted');
END
""",
    """
CREATE TRIGGER state_once BEFORE INSERT ON state BEGIN
  SELECT RAISE(ABORT, 'journal: there is one state') FROM state;
END
""",
    """
CREATE TRIGGER state_grows BEFORE UPDATE ON state BEGIN
  SELECT RAISE(ABORT, 'journal: the state only grows with its leaves')
    WHERE NEW.one IS NOT OLD.one OR NEW.origin IS NOT OLD.origin
      OR NEW.size < OLD.size OR NEW.recorded < OLD.recorded
      OR NEW.size IS NOT (SELECT coalesce(max(sequence), -1) + 1 FROM leaves);
END
""",
    """
CREATE TRIGGER state_remains BEFORE DELETE ON state BEGIN
  SELECT RAISE(ABORT, 'journal: the state is never deleted');
END
""",
)
