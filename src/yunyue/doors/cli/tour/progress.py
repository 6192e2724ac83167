"""Shows how far the tour is: a line for each step; on a terminal a bar that moves while a step lasts."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TextIO

from yunyue.doors.cli.table import width
from yunyue.doors.cli.voice import Voice
from yunyue.settlement.statement import Said

BAR: Final = 24
EVERY_SECONDS: Final = 0.1


@dataclass(slots=True)
class Progress:
    """Where to show it (None: nowhere), in which language, and of how many steps."""

    voice: Voice
    out: TextIO | None
    steps: int
    done: int = 0
    title: str = ""
    began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0
    _length: int = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def step(self, day: datetime, title: Said) -> None:
        """The next step begins."""
        self.done += 1
        self.title = self.voice.say(title)
        self._line(f"[{self.done:2d}/{self.steps}] {self.elapsed:5.1f} s  {day:%Y-%m-%d}  {self.title}")

    def note(self, text: Said | str) -> None:
        """Something worth saying about the step."""
        self._line(f"                  {text if isinstance(text, str) else self.voice.say(text)}")

    def moving(self, now: datetime, probes: int) -> None:
        """While probes go on; only a terminal is told, and not for each of them."""
        if self.out is None or not self.out.isatty() or self.elapsed - self._shown < EVERY_SECONDS:
            return
        self._shown = self.elapsed
        full = BAR * self.done // self.steps
        words = self.voice.pick(f"拨测 {probes} 次", f"{probes} probes")
        self._bar(f"{'█' * full}{'░' * (BAR - full)}  {self.elapsed:5.1f} s  {now:%Y-%m-%d}  {words}")

    def _line(self, text: str) -> None:
        if self.out is not None:
            self._bar("")
            print(text, file=self.out, flush=True)

    def _bar(self, text: str) -> None:
        if self.out is None or not self.out.isatty():
            return
        blank = " " * max(0, self._length - width(text))
        self._length = width(text)
        print(f"\r{text}{blank}\r", end="", file=self.out, flush=True)
