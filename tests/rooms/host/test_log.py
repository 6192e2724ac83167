"""The log is one line per event, and no secret passes."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import structlog

from yunyue.host import log
from yunyue.host.settings import Settings

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def lines(captured: Captured) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_an_event_is_one_json_line_with_its_values(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    log.logger("yunyue.host").info("job.began", job="demo:1", 数量=3)
    (line,) = lines(capsys)
    assert line["event"] == "job.began"
    assert line["level"] == "info"
    assert line["logger"] == "yunyue.host"
    assert line["数量"] == 3
    assert str(line["timestamp"]).endswith("Z")


def test_a_librarys_own_line_has_the_same_shape(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    logging.getLogger("uvicorn.error").warning("Slow %s", "client")
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("Slow client", "warning")


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "SECRET_KEY",
        "access_token",
        "Authorization",
        "cookie",
        "sessionid",
        "api_key",
        "key",
    ],
)
def test_a_value_under_a_telling_name_is_blotted_out(capsys: Captured, name: str) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    log.logger("x").info("login", **{name: "hunter2"})
    told = capsys.readouterr().err
    assert "hunter2" not in told
    assert "[not logged]" in told


def test_secrets_are_blotted_out_at_any_depth(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    log.logger("x").info("request", headers=[{"cookie": "hunter2"}, {"deep": {"token": "hunter2"}}])
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["payload", "body", "content"])
def test_what_a_document_or_fact_says_is_not_logged(capsys: Captured, name: str) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    log.logger("x").info("fact.taken", **{name: "someone's words"}, fact="fact-1")
    (line,) = lines(capsys)
    assert line[name] == "[not logged]"
    assert line["fact"] == "fact-1"


def test_the_password_inside_an_address_is_blotted_out(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    log.logger("x").info("database postgresql://me:hunter2@db/yunyue", address="postgresql://me:hunter2@db/yunyue")
    told = capsys.readouterr().err
    assert "hunter2" not in told
    assert "@db/yunyue" in told


def test_a_level_below_the_chosen_one_is_silent(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json", log_level="error"))
    log.logger("x").warning("unheard")
    assert capsys.readouterr().err == ""


def test_the_console_form_is_read_by_people(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h")))
    log.logger("x").info("job.began", job="demo:1")
    told = capsys.readouterr().err
    assert "job.began" in told
    assert "job=demo:1" in told


def test_an_exception_is_told_once_with_its_kind(capsys: Captured) -> None:
    log.configure(Settings(home=Path("/h"), log_format="json"))
    try:
        raise LookupError("gone")
    except LookupError:
        log.logger("x").exception("job.failed")
    (line,) = lines(capsys)
    assert "LookupError" in json.dumps(line["exception"])


@pytest.mark.parametrize("shape", ["json", "console"])
def test_an_exception_does_not_tell_the_values_of_variables(
    capsys: Captured, shape: Literal["json", "console"]
) -> None:
    log.configure(Settings(home=Path("/h"), log_format=shape))
    hidden = "".join(("hun", "ter2"))
    try:
        raise LookupError(len(hidden))
    except LookupError:
        log.logger("x").exception("login.failed")
    told = capsys.readouterr().err
    assert "LookupError" in told
    assert "hunter2" not in told
