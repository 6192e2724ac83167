"""Samples by the million: durable at once in a hot tail, then sealed into files whose digest is a fact."""

from yunyue.store.series.check import Fault
from yunyue.store.series.errors import SeriesDamaged
from yunyue.store.series.series import Series
from yunyue.store.series.tail import Limits

__all__ = ["Fault", "Limits", "Series", "SeriesDamaged"]
