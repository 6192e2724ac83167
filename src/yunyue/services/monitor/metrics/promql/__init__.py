"""A part of PromQL, enough for alert rules: parsed with the place of every fault, evaluated as Prometheus does."""

from yunyue.services.monitor.metrics.promql.evaluate import evaluate
from yunyue.services.monitor.metrics.promql.parse import NotPromql, parse

__all__ = ["NotPromql", "evaluate", "parse"]
