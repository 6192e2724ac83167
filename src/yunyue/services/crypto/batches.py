"""Batches, the shape all operations of transit share: an item each, answered or refused by itself, in order."""

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, TypeVar

from yunyue.services.crypto.ask import Answer
from yunyue.services.crypto.fault import Fault


class Referenced(Protocol):
    """An item; `reference` is handed back with its result, so that callers find it again."""

    @property
    def reference(self) -> str: ...


STATUSES: Final = range(200, 600)
_BODILESS: Final = (204, 205, 304)
"""Answers that carry nothing: the results would be lost, and the connection with them."""
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
    """A batch's answer: 200 when every item went well, 400 when none did, in between `partly` (0 for 400 too)."""
    wrong = sum("error" in result for result in results)
    if not wrong or wrong == len(results) or not partly:
        return Answer({"batch_results": results}, status=400 if wrong else 200, partly=0 < wrong < len(results))
    if partly in STATUSES and partly not in _BODILESS:
        return Answer({"batch_results": results}, status=partly, partly=True)
    warning = "invalid HTTP response code override from partial_failure_response_code, reverting to 400"
    return Answer({"batch_results": results}, status=400, warnings=(warning,), partly=True)
