"""What the catalogue says of monitoring."""

from decimal import Decimal

from yunyue.catalog import Action, Entry, Indicator, Meter
from yunyue.contract.terms import Method, Named, Objective
from yunyue.services.monitor.parameters import Probe

PROBES = "monitor.probe-10k"
SITES = "monitor.site-month"
COVERAGE = "coverage"


def _objective(identifier: str, title: Named, indicator: str, rule: tuple[Method, str]) -> Objective:
    """Without a ladder: what a miss costs is the contract's to say (A15)."""
    method, target = rule
    return Objective(
        id=identifier,
        service="monitor",
        title=title,
        indicator=indicator,
        method=method,
        target=Decimal(target),
        ladder=(),
    )


AVAILABILITY_TITLE = Named(zh="被监测目标可用性", en="Availability of the watched target")
COVERAGE_TITLE = Named(zh="拨测覆盖率", en="Probe coverage")
ALERTS_TITLE = Named(zh="1 分钟内告警率", en="Alerts within 1 minute")

ENTRY = Entry(
    code="monitor",
    title=Named(zh="监测", en="Monitoring"),
    parameters=Probe,
    actions=(
        Action("pause", Named(zh="暂停", en="Pause")),
        Action("resume", Named(zh="恢复", en="Resume")),
        Action("probe_now", Named(zh="立即拨测", en="Probe now")),
    ),
    meters=(
        Meter(PROBES, Named(zh="拨测", en="Probes"), Named(zh="万次", en="10k probes")),
        Meter(SITES, Named(zh="站点", en="Sites"), Named(zh="站点·月", en="site·month")),
    ),
    indicators=(
        Indicator("availability", AVAILABILITY_TITLE),
        Indicator(COVERAGE, COVERAGE_TITLE),
        Indicator("timely-alerts", ALERTS_TITLE),
    ),
    objectives=(
        _objective("monitor-availability", AVAILABILITY_TITLE, "availability", ("M1", "99.9")),
        _objective("monitor-coverage", COVERAGE_TITLE, COVERAGE, ("M6", "99")),
        _objective("monitor-alerts", ALERTS_TITLE, "timely-alerts", ("M6", "99")),
    ),
)
