"""yunyue access: the audit administrator's token opens the records at a terminal; all others are turned away, noted."""

from pathlib import Path

from cli_cast import Terminal, session

from yunyue.answer import Refused
from yunyue.catalog import Registry
from yunyue.doors.accesses import close_accesses, seal_accesses
from yunyue.doors.office import Office
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series


def sealed(home: Path) -> None:
    """Everything on record so far is sealed, as the server does within the hour."""
    kernel, series = Kernel.open(Settings(home=home)), Series.open(home / "series")
    assert not isinstance(kernel, Refused)
    done = seal_accesses(Office(Hosting(kernel, Registry({}), series)), force=True)
    assert not isinstance(done, Refused)
    assert len(done) == 1
    close_accesses(home)
    series.close()
    kernel.close()


def test_the_audit_administrator_searches_and_everybody_else_is_on_record(terminal: Terminal, tmp_path: Path) -> None:
    mine, theirs, weak, bound, false = (str(tmp_path / name) for name in ("mine", "theirs", "weak", "bound", "false"))
    search = ("access", "search", "--token-file")
    done = session(
        terminal,
        ("account", "add", "ann", "audit_administrator"),
        ("account", "add", "eve", "security_administrator"),
        ("chosen",),
        ("token", "make", "ann", "access:read"),
        ("token", "make", "eve", "access:read"),
        ("token", "make", "ann", "facts:read"),
        ("token", "make", "ann", "access:read", "--contract", "beijing-2024"),
        ("keep", mine, "{3[token]}"),
        ("keep", theirs, "{4[token]}"),
        ("keep", weak, "{5[token]}"),
        ("keep", bound, "{6[token]}"),
        ("keep", false, "yyt_nobody"),
        *((*search, one) for one in (theirs, weak, bound, false, str(tmp_path / "nothing"))),
        (*search, mine, "--outcome", "refused", "--words", "search", "--since", "2000-01-01"),
        (*search, mine, "--kind", "access", "--limit", "1"),
        (*search, mine, "--until", "2000-01-01"),
        ("access", "prove", "0", "--token-file", mine),
        ("access", "prove", "0", "--token-file", theirs),
        ("access", "check", "--token-file", mine),
        ("access", "check", "--token-file", theirs),
        ("access", "state", "--token-file", mine),
        ("access", "state", "--token-file", theirs),
    )[6:]
    turned_away, (refused, newest, none, unsealed, unproven, checked, unchecked, state, unseen) = done[:5], done[5:]
    assert [code for code, _answer in turned_away] == [1] * 5
    assert [answer["refused"]["field"] for _code, answer in turned_away[:4]] == ["--token-file"] * 4
    assert "does not call this operation" in turned_away[0][1]["refused"]["reason"]
    assert refused[1]["total"] == 5
    roles = [one["role"] for one in refused[1]["records"]]
    assert roles == ["", "", *["audit_administrator"] * 2, "security_administrator"]
    assert all(one["actor"] for one in refused[1]["records"])
    (one,) = newest[1]["records"]
    assert (one["outcome"], one["door"], one["what"]) == ("granted", "cli", "access search")
    assert none[1] == {"records": [], "total": 0}
    assert "not sealed yet" in unsealed[1]["refused"]["reason"]
    assert (unproven[0], checked, unchecked[0]) == (1, (0, []), 1)
    assert (state[0], unseen[0]) == (0, 1)
    assert sum(one["times"] for one in state[1]["turned_away"]) == 7
    assert "done on the machine, past the console" in {one["why"] for one in state[1]["odd"]}


def test_a_record_is_proven_at_the_terminal_until_its_file_is_damaged(terminal: Terminal, tmp_path: Path) -> None:
    mine = str(tmp_path / "mine")
    session(
        terminal,
        ("account", "add", "ann", "audit_administrator"),
        ("chosen",),
        ("token", "make", "ann", "access:read"),
        ("keep", mine, "{2[token]}"),
        ("access", "search", "--token-file", mine),
    )
    sealed(terminal.home)
    looks = (("access", "prove", "0", "--token-file", mine), ("access", "check", "--token-file", mine))
    proven, checked = session(terminal, *looks)
    assert (proven[1]["holds"], proven[1]["sealed"], proven[1]["record"]["what"]) == (True, True, "access search")
    assert checked == (0, [])
    next((terminal.home / "access").glob("*.parquet")).write_bytes(b"gone")
    unproven, damaged = session(terminal, *looks)
    assert "cannot be read" in unproven[1]["refused"]["reason"]
    assert len(damaged[1]) == 1
