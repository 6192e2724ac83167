"""No input makes the verifier crash or hang: it answers a fault for anything that is not an honest bundle."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundle_cast import Cast, forged
from yunyue import verify
from yunyue.papers.bundle import seal

RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=8)
    | st.sampled_from(["f1", "2024-04-11"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def reported(bundle: bytes) -> verify.Report:
    """The report, which every way of showing it can show."""
    report = verify.verify(bundle)
    assert verify.show(report, "zh")
    assert verify.show(report, "en")
    json.dumps(verify.plain(report))
    return report


@RELAXED
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(junk: bytes) -> None:
    assert not reported(junk).ok


@RELAXED
@given(st.data())
def test_a_bundle_with_a_stretch_replaced_is_refused(bundle: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(bundle) - 1))
    end = data.draw(st.integers(start, min(len(bundle), start + 300)))
    junk = data.draw(st.binary(max_size=300))
    changed = bundle[:start] + junk + bundle[end:]
    assert reported(changed).ok == (changed == bundle)


@RELAXED
@given(name=st.sampled_from(verify.PARTS), junk=st.binary(max_size=200))
def test_a_part_of_arbitrary_bytes_is_refused_even_if_signed(cast: Cast, bundle: bytes, name: str, junk: bytes) -> None:
    parts = {**verify.open_bundle(bundle).parts, name: junk}
    report = reported(seal(parts, cast.keys))
    assert not report.ok or name == "places"


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deep for key, inner in pairs for deep in paths_of(inner, (*path, key)))]


@settings(parent=RELAXED, max_examples=150)
@given(st.sampled_from(("statement", "statement", "terms", "calendar", "proof")), st.integers(0, 2000), JSON)
def test_a_json_part_with_anything_anywhere_is_answered_even_if_signed(
    cast: Cast, bundle: bytes, name: str, place: int, junk: Any
) -> None:
    whole = json.loads(verify.open_bundle(bundle).parts[name])
    paths = paths_of(whole)[1:]
    path = paths[place % len(paths)]

    def replace(plain: Any) -> None:
        for step in path[:-1]:
            plain = plain[step]
        plain[path[-1]] = junk

    reported(forged(cast, name, replace))


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"args":[', "-", "1" * 5000, '"\\ud800'])
@pytest.mark.parametrize("name", ["statement", "facts", "proof"])
def test_endless_nesting_and_numbers_are_refused(cast: Cast, bundle: bytes, opening: str, name: str) -> None:
    parts = {**verify.open_bundle(bundle).parts, name: (opening * 50_000)[:200_000].encode()}
    assert not reported(seal(parts, cast.keys)).ok


def test_a_tree_too_deep_to_follow_is_refused(cast: Cast) -> None:
    def deepen(said: dict[str, Any]) -> None:
        for _ in range(300):
            node = said["lines"][0]["working"]
            said["lines"][0]["working"] = {"op": "plus", "args": [node], "value": node["value"], "why": ""}

    report = reported(forged(cast, "statement", deepen))
    assert [fault.rule for fault in report.faults] == ["shape"]


def test_numbers_that_would_grow_without_end_are_refused(cast: Cast) -> None:
    def grow(said: dict[str, Any]) -> None:
        node: dict[str, Any] = {"term": "price.total", "value": "1916794.4"}
        said["lines"][0]["working"] = {"op": "times", "args": [node] * 20_000, "value": "1", "why": ""}

    report = reported(forged(cast, "statement", grow))
    assert [fault.rule for fault in report.faults] == ["shape"]


def test_working_days_that_would_never_end_are_refused(cast: Cast) -> None:
    def wait(said: dict[str, Any]) -> None:
        node: dict[str, Any] = {"given": "as_of", "value": "2024-10-15"}
        days = {"op": "times", "args": [{"term": "price.total", "value": "1916794.4"}] * 2, "value": "1", "why": ""}
        said["lines"][0]["working"] = {"op": "plus_workdays", "args": [node, days], "value": "2024-10-15", "why": ""}

    assert not reported(forged(cast, "statement", wait)).ok


def test_a_note_over_its_limit_is_refused(bundle: bytes) -> None:
    assert not reported(bundle.replace(b"\n", b"\n" + b"x" * verify.LONGEST_NOTE, 1)).ok


def test_a_part_over_its_limit_is_refused_before_it_is_read(bundle: bytes) -> None:
    lines = bundle.split(b"\n")
    lines[4] = b"terms 999999999 " + lines[4].split()[-1]
    assert [(fault.where, fault.rule) for fault in reported(b"\n".join(lines)).faults] == [("terms", "too_large")]


def test_the_command_line_answers_for_a_file_of_noise(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 40)
    assert verify.main([str(tmp_path / "noise")]) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["lines"][0].update(clause=None),
        lambda said: said["lines"][0].update(payer="bank", state="waiting"),
        lambda said: said["lines"][0].update(title={"zh": 1, "en": 2}),
        lambda said: said["checks"][0].update(facts=True),
        lambda said: said.update(readings=[[[], "x"]]),
        lambda said: said.update(as_of="2024-99-99"),
        lambda said: said.update(totals=None),
        lambda said: said.update(lines=None),
    ],
)
def test_a_signed_statement_of_another_shape_is_refused(cast: Cast, change: Callable[[dict[str, Any]], object]) -> None:
    assert not reported(forged(cast, "statement", change)).ok
