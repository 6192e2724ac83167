"""The journal's tables in PostgreSQL, and the triggers by which the database itself refuses to change what is written.

ENABLE ALWAYS keeps them firing for a session that calls itself a replica. Order is checked once a statement, over all
its rows, which a COPY of a thousand rows does not feel.
"""

TABLES = """
CREATE SCHEMA yunyue;
CREATE TABLE yunyue.leaves (
  sequence bigint PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  subject text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  recorded bigint NOT NULL,
  leaf bytea NOT NULL CHECK (length(leaf) BETWEEN 1 AND 65535)
);
CREATE INDEX leaves_by_subject ON yunyue.leaves (subject, sequence);
CREATE TABLE yunyue.nodes (
  level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
  place bigint NOT NULL CHECK (place >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, place)
);
CREATE TABLE yunyue.state (
  one integer PRIMARY KEY CHECK (one = 1),
  version integer NOT NULL,
  origin text NOT NULL,
  size bigint NOT NULL,
  frontier bytea NOT NULL,
  recorded bigint NOT NULL
);
"""

FUNCTIONS = {
    "refuse": """
BEGIN
  RAISE EXCEPTION 'journal: % is refused on %', lower(TG_OP), TG_TABLE_NAME;
END
""",
    "in_order": """
DECLARE
  first bigint; last bigint; rows bigint;
BEGIN
  SELECT min(sequence), max(sequence), count(*) INTO first, last, rows FROM added;
  IF rows = 0 THEN
    RETURN NULL;
  END IF;
  IF rows <> last - first + 1
    OR first <> (SELECT coalesce(max(sequence), -1) + 1 FROM yunyue.leaves WHERE sequence < first)
    OR EXISTS (SELECT FROM yunyue.leaves WHERE sequence > last) THEN
    RAISE EXCEPTION 'journal: a leaf takes the next sequence number';
  END IF;
  IF EXISTS (
    SELECT FROM (SELECT recorded < lag(recorded) OVER (ORDER BY sequence) AS backwards
      FROM yunyue.leaves WHERE sequence >= first - 1) AS pairs WHERE backwards
  ) THEN
    RAISE EXCEPTION 'journal: recorded time does not run backwards';
  END IF;
  RETURN NULL;
END
""",
    "grows": """
BEGIN
  IF NEW.one <> OLD.one OR NEW.version <> OLD.version OR NEW.origin <> OLD.origin
    OR NEW.size < OLD.size OR NEW.recorded < OLD.recorded
    OR NEW.size <> (SELECT coalesce(max(sequence), -1) + 1 FROM yunyue.leaves) THEN
    RAISE EXCEPTION 'journal: the state only grows with its leaves';
  END IF;
  RETURN NEW;
END
""",
}

TRIGGERS = {
    "leaves_in_order": ("leaves", "AFTER INSERT ON {} REFERENCING NEW TABLE AS added FOR EACH STATEMENT", "in_order"),
    "leaves_stay": ("leaves", "BEFORE UPDATE OR DELETE ON {} FOR EACH ROW", "refuse"),
    "leaves_remain": ("leaves", "BEFORE TRUNCATE ON {} FOR EACH STATEMENT", "refuse"),
    "nodes_stay": ("nodes", "BEFORE UPDATE OR DELETE ON {} FOR EACH ROW", "refuse"),
    "nodes_remain": ("nodes", "BEFORE TRUNCATE ON {} FOR EACH STATEMENT", "refuse"),
    "state_grows": ("state", "BEFORE UPDATE ON {} FOR EACH ROW", "grows"),
    "state_stays": ("state", "BEFORE DELETE ON {} FOR EACH ROW", "refuse"),
    "state_remains": ("state", "BEFORE TRUNCATE ON {} FOR EACH STATEMENT", "refuse"),
}
"""By name: the table, when it fires, and the function of FUNCTIONS it runs."""


def creation() -> str:
    """The statements that make an empty journal, except its one row of state."""
    parts = [TABLES]
    parts.extend(
        f"CREATE FUNCTION yunyue.{name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$;"
        for name, body in FUNCTIONS.items()
    )
    for name, (table, firing, function) in TRIGGERS.items():
        parts.append(f"CREATE TRIGGER {name} {firing.format('yunyue.' + table)} EXECUTE FUNCTION yunyue.{function}();")
        parts.append(f"ALTER TABLE yunyue.{table} ENABLE ALWAYS TRIGGER {name};")
    return "\n".join(parts)
