"""The end of the year: final acceptance, hand-over, and what the tour found out."""

from yunyue.doors.cli.tour.stage import CLIENT, PROVIDER, Stage
from yunyue.journal.facts import AcceptanceHeld, MaterialLent, MaterialReturned, ResultsHandedOver
from yunyue.settlement.statement import Said


def accept_final(stage: Stage) -> None:
    """On the last day of the term as force majeure extended it."""
    stage.begin(
        "2025-01-10",
        Said("顺延后的末日：最终验收合格，成果移交，资料归还", "The extended last day: final acceptance, hand-over"),
    )
    stage.happened(CLIENT, MaterialLent(item="material-1"))
    passed = AcceptanceHeld(milestone="final", result="passed", opinion=stage.paper("最终验收意见：合格"))
    stage.happened(PROVIDER, ResultsHandedOver(item="report-2024", document=stage.paper("成果移交单")))
    stage.happened(PROVIDER, MaterialReturned(item="material-1", document=stage.paper("资料归还单")))
    stage.happened(CLIENT, passed)
    if stage.probing is not None:
        stage.probing.close()
        stage.sent, stage.probing = stage.probing.sent, None
    stage.site.stop()
