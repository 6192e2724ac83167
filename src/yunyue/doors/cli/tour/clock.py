"""The tour's two clocks: contract time jumps from one thing that happens to the next, durations are real."""

import time

from yunyue.host.clock import VirtualClock


class TourClock(VirtualClock):
    """Contract time stands still while a probe is under way; how long that probe took is measured for real."""

    def monotonic(self) -> float:
        """Real seconds."""
        return time.monotonic()
