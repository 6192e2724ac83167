"""Every test of sealed columns has a department with a real vault."""

from field_cast import bureau

__all__ = ["bureau"]
