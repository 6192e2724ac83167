"""Runs one program that must not be trusted with anything: no network, nobody's files but its own, and limits."""

from yunyue.host.sandbox.box import Box, Limits, Shown
from yunyue.host.sandbox.running import Ended, Hearing, Stopped, run

__all__ = ["Box", "Ended", "Hearing", "Limits", "Shown", "Stopped", "run"]
