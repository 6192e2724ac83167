"""Who looked at what, and who was turned away: records in a series, each provable under a fact of the journal."""

from yunyue.store.access.record import Access, Wanted
from yunyue.store.access.series import AccessSeries, Fault, Proof

__all__ = ["Access", "AccessSeries", "Fault", "Proof", "Wanted"]
