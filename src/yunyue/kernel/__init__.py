"""The kernel: the one place that takes facts into the journal, and gives statements out of it."""

from yunyue.kernel.happening import Happening, Recorder
from yunyue.kernel.kernel import Kernel

__all__ = ["Happening", "Kernel", "Recorder"]
