"""The group with all its commands; loading this loads them."""

from yunyue.doors.cli.monitor import acting, keeping, looking, showing
from yunyue.doors.cli.monitor.group import group

__all__ = ["acting", "group", "keeping", "looking", "showing"]
