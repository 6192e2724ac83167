"""The group with all its commands; loading this loads them."""

from yunyue.doors.cli.monitor import acting, keeping, looking
from yunyue.doors.cli.monitor.group import group

__all__ = ["acting", "group", "keeping", "looking"]
