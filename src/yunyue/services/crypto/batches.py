"""Batches, the shape all operations of transit share: an item each, answered or refused by itself, in order."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from yunyue.services.crypto.ask import Answer
from yunyue.services.crypto.fault import Fault


class Referenced(Protocol):
    """An item; `reference` is handed back with its result, so that callers find it again."""

    @property
    def reference(self) -> str: ...


T = TypeVar("T", bound=Referenced)
Result = dict[str, Any]


def each(items: Iterable[T], work: Callable[[T], Result | Fault], refused: Result | None = None) -> list[Result]:
    """The result of each item; `refused`: what a refused one shows beside its reason."""
    results = []
    for item in items:
        done = work(item)
        shown = {**(refused or {}), "error": done.reason} if isinstance(done, Fault) else done
        shown["reference"] = item.reference
        results.append(shown)
    return results


def batch_answer(results: list[Result], partly: int) -> Answer:
    """A batch's answer: 200 when every item went well, 400 when none did, `partly` in between."""
    wrong = sum("error" in result for result in results)
    status = 200 if not wrong else 400 if wrong == len(results) else partly
    return Answer({"batch_results": results}, status=status)
