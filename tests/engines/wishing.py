"""Asks an engine for workloads and waits until they are there: the same words for an installation and for a cluster."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from yunyue.services.containers.engine import Applied, Engine, Rollout
from yunyue.services.containers.project.project import Project

T = TypeVar("T")
E = TypeVar("E", bound=Engine)
PATIENCE = 60.0


def now() -> int:
    return time.time_ns() // 1_000_000


def until(true: Callable[[], T | None], seconds: float = PATIENCE, what: str = "") -> T:
    """Wait for a condition; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(what or f"not within {seconds} s")


class Wishing(Generic[E]):
    """What has an engine."""

    engine: E

    def apply(self, project: Project, text: str) -> Applied:
        done = self.engine.apply(project, text, "user:li")
        assert isinstance(done, Applied), done
        return done

    def rollout(self, project: Project, name: str = "web", kind: str = "Deployment") -> Rollout:
        found = self.engine.rollout(project, kind, name)
        assert isinstance(found, Rollout), found
        return found

    def complete(self, project: Project, name: str = "web", kind: str = "Deployment") -> Rollout:
        """Wait until a workload is as it should be."""

        def done() -> Rollout | None:
            found = self.rollout(project, name, kind)
            return found if found.progress == "complete" else None

        try:
            return until(done)
        except AssertionError:
            raise AssertionError(f"{self.rollout(project, name, kind)} {self.engine.replicas(project)}") from None
