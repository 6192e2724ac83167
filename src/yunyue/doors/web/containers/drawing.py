"""The topology of a project as a drawing: ingresses, Services, workloads, replicas, and what leads to what.

Drawn here and sent as SVG: it needs no script, prints, and says the same as the table beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from yunyue.services.containers.engine import Replica, Shown

COLUMNS: Final = ("Ingress", "Service", "workload", "replica")
WIDE: Final = 200
HIGH: Final = 40
STEP_X: Final = 260
STEP_Y: Final = 54
SHORT: Final = 24
TONES: Final = {
    **dict.fromkeys(("ready", "complete", "bound", "running"), "good"),
    **dict.fromkeys(("failed", "lost"), "bad"),
    **dict.fromkeys(("paused", "draining", "ended", "suspended"), "calm"),
}
"""By state; every other one is on the way."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box. `x`, `y`: its upper left corner."""

    kind: str
    name: str
    state: str
    column: int
    x: int
    y: int

    @property
    def tone(self) -> str:
        """good, warn, bad or calm."""
        return tone_of(self.state)

    @property
    def short(self) -> str:
        """The name as it fits into the box."""
        return self.name if len(self.name) <= SHORT else f"{self.name[: SHORT - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """From a box to another; `path` in SVG."""

    start: Node
    end: Node

    @property
    def path(self) -> str:
        """A curve from the right edge of one to the left edge of the other."""
        x1, y1, x2, y2 = self.start.x + WIDE, self.start.y + HIGH // 2, self.end.x, self.end.y + HIGH // 2
        half = (x1 + x2) // 2
        return f"M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}"


@dataclass(frozen=True, slots=True)
class Topology:
    """The drawing, and its size."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def tone_of(state: str) -> str:
    """The tone of a state or a replica's phase."""
    return TONES.get(state, "warn")


def topology(objects: Iterable[Shown], replicas: Iterable[Replica]) -> Topology:
    """The drawing of a project."""
    shown = [one for one in objects if _column(one.kind) >= 0]
    boxes = [(_column(one.kind), one.kind, one.name, one.state) for one in shown]
    alive = [one for one in replicas if one.phase != "ended"]
    boxes += [(3, "replica", one.name, one.phase) for one in alive]
    nodes = _placed(boxes)
    found = {(one.kind, one.name): one for one in nodes}
    bodies = {(one.kind, one.name): yaml.safe_load(one.body) or {} for one in shown}
    lines = [*_joined(bodies), *((("replica", one.name), (one.kind, one.workload)) for one in alive)]
    ends = [(found.get(start), found.get(end)) for end, start in ((a, b) for a, b in lines)]
    height = max((one.y for one in nodes), default=0) + HIGH + 8
    drawn = tuple(Line(one, other) for one, other in ends if one is not None and other is not None)
    return Topology(nodes, drawn, STEP_X * 3 + WIDE + 8, height)


def _column(kind: str) -> int:
    if kind in ("Deployment", "StatefulSet", "Job", "CronJob"):
        return 2
    return COLUMNS.index(kind) if kind in COLUMNS[:2] else -1


def _placed(boxes: list[tuple[int, str, str, str]]) -> tuple[Node, ...]:
    rows = dict.fromkeys(range(len(COLUMNS)), 0)
    found = []
    for column, kind, name, state in sorted(boxes):
        found.append(Node(kind, name, state, column, 4 + STEP_X * column, 4 + STEP_Y * rows[column]))
        rows[column] += 1
    return tuple(found)


Key = tuple[str, str]


def _joined(bodies: dict[Key, Any]) -> Iterator[tuple[Key, Key]]:
    """What leads where: pairs of end and start."""
    for (kind, name), body in bodies.items():
        spec = body.get("spec") or {}
        if kind == "Ingress":
            for service in _backends(spec):
                yield ("Service", service), (kind, name)
        elif kind == "Service":
            wanted = (spec.get("selector") or {}).items()
            for other, content in bodies.items():
                if wanted and wanted <= _labels(content).items():
                    yield other, (kind, name)


def _labels(body: Any) -> dict[str, str]:
    template = (body.get("spec") or {}).get("template") or {}
    found: dict[str, str] = (template.get("metadata") or {}).get("labels") or {}
    return found


def _backends(spec: Any) -> list[str]:
    paths = [path for rule in spec.get("rules") or () for path in (rule.get("http") or {}).get("paths") or ()]
    backends = [*(one.get("backend") or {} for one in paths), spec.get("defaultBackend") or {}]
    return sorted({str(one["service"]["name"]) for one in backends if one.get("service")})
