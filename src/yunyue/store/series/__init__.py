"""Samples by the million: durable at once in a hot tail, then sealed into files whose digest is a fact."""

from yunyue.store.series.check import Fault
from yunyue.store.series.engines import engine
from yunyue.store.series.errors import EngineFailed, SeriesDamaged
from yunyue.store.series.merged import Latency
from yunyue.store.series.series import Means, Series
from yunyue.store.series.tail import Limits
from yunyue.store.series.windows import Day

__all__ = ["Day", "EngineFailed", "Fault", "Latency", "Limits", "Means", "Series", "SeriesDamaged", "engine"]
