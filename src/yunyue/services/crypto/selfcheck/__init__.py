"""自评: what software can see of GB/T 39786's technical layers, said as findings; no 密评 and no certification."""

from yunyue.services.crypto.selfcheck.check import Scope, check
from yunyue.services.crypto.selfcheck.finding import LABEL, Finding, Report, State

__all__ = ["LABEL", "Finding", "Report", "Scope", "State", "check"]
