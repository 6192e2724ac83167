"""The middle of the year: an outage and what it costs, force majeure, an acceptance passed at the second try."""

from datetime import date
from typing import Final

from yunyue.doors.cli.tour.stage import APPROVER, CLIENT, PROVIDER, Stage, TourStopped, accepted
from yunyue.journal.facts import (
    AcceptanceHeld,
    CompensationDecided,
    IncidentClosed,
    IncidentOpened,
    MajeureBegan,
    MajeureCertified,
    MajeureEnded,
    NoticeGiven,
    RectificationOrdered,
    RectificationReported,
    RectificationReviewed,
)
from yunyue.settlement.statement import Said

OBJECTIVE: Final = "monitor-availability"
OUTAGE_SECONDS: Final = 6 * 3600
EVENT: Final = "majeure-1"
NOTICE: Final = "rectification-1"


def outage(stage: Stage) -> None:
    """The site is really stopped; probes fail; after six hours of contract time it is started again."""
    stage.begin(
        "2024-06-12",
        Said("目标进程被真实停止：拨测开始失败", "The site's process is really stopped: probes fail"),
        hour=2,
    )
    assert stage.probing is not None, "monitoring was ordered before"
    failing = OUTAGE_SECONDS // stage.interval_s
    stage.site.stop()
    stage.probing.times(failing)
    stage.site.start()
    stage.probing.times(1)
    known = accepted(stage.kernel.known(stage.contract))
    if not known.all(IncidentOpened) or not known.all(IncidentClosed):
        raise TourStopped("the outage left no incident in the journal")
    opened = known.facts(IncidentOpened)[-1].time
    closed = known.facts(IncidentClosed)[-1].time
    stage.progress.note(
        Said(
            f"{failing} 次拨测失败；故障事实自动入账：{opened:%m-%d %H:%M} 至 {closed:%m-%d %H:%M}",
            f"{failing} probes failed; an incident recorded itself: {opened:%m-%d %H:%M} to {closed:%m-%d %H:%M}",
        )
    )


def majeure(stage: Stage) -> None:
    """Ten days of force majeure: notified, certified within 14 days, ended; the term grows by ten days."""
    stage.begin("2024-07-01", Said("不可抗力发生，书面通知", "Force majeure begins; notice in writing"))
    stage.happened(PROVIDER, MajeureBegan(event=EVENT, about="示例：持续暴雨 / sample: continuous rainstorm"))
    _notice(stage, "majeure", "不可抗力通知")
    stage.begin("2024-07-10", Said("十四日内提交证明", "The certificate comes within 14 days"))
    stage.happened(PROVIDER, MajeureCertified(event=EVENT, document=stage.paper("不可抗力证明")))
    stage.begin(
        "2024-07-11", Said("不可抗力结束并通知：期限顺延十日", "It ends, notified: ten days are added to the term")
    )
    stage.happened(PROVIDER, MajeureEnded(event=EVENT))
    _notice(stage, "majeure_end", "不可抗力结束通知")


def _notice(stage: Stage, about: str, title: str) -> None:
    said = NoticeGiven(
        about=about,  # type: ignore[arg-type]  # one of the two
        subject=EVENT,
        by="provider",
        channel="registered_mail",
        document=stage.paper(title),
    )
    stage.happened(PROVIDER, said)


def compensate(stage: Stage) -> None:
    """The ladder proposes; the client decides."""
    stage.begin(
        "2024-07-15",
        Said("SLA 补偿：按阶梯提议，甲方决定", "SLA compensation: the ladder proposes, the client decides"),
    )
    statement = accepted(stage.kernel.statement(stage.contract, stage.clock.now().date()))
    line = statement.line(f"compensation-{OBJECTIVE}-2024-06")
    if line.amount is None or line.state != "proposed":
        raise TourStopped(f"no compensation is proposed for June: {line.state}")
    said = CompensationDecided(objective=OBJECTIVE, month="2024-06", decision="accepted", amount=line.amount)
    stage.happened(APPROVER, said)
    stage.progress.note(line.sentence)


def accept_midterm(stage: Stage) -> None:
    """Failed once, reworked within the time the client set, passed."""
    stage.begin("2024-08-20", Said("中期验收不合格，责令整改", "The mid-term acceptance fails; rework is ordered"))
    failed = AcceptanceHeld(milestone="midterm", result="failed", opinion=stage.paper("中期验收意见：不合格"))
    ordered = RectificationOrdered(
        notice=NOTICE,
        about="月度可用性报告缺失 / monthly reports missing",
        deadline=date(2024, 9, 5),
        document=stage.paper("整改通知"),
    )
    stage.happened(CLIENT, failed, ordered)
    stage.begin("2024-09-03", Said("限期内整改完毕并复核", "Reworked within the time, and reviewed"))
    stage.happened(PROVIDER, RectificationReported(notice=NOTICE, document=stage.paper("整改报告")))
    stage.happened(CLIENT, RectificationReviewed(notice=NOTICE, result="passed"))
    stage.begin(
        "2024-09-10",
        Said("中期验收合格：第二期应于 2024-09-25 前支付", "Passed: the second instalment is due 2024-09-25"),
    )
    passed = AcceptanceHeld(milestone="midterm", result="passed", opinion=stage.paper("中期验收意见：合格"))
    stage.happened(CLIENT, passed)
