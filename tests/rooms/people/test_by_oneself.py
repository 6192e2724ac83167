"""What answers another person's word, and was said by oneself: told apart for what is typed in at the machine."""

import pytest

from story import TERMS, tell
from yunyue.journal.envelope import understand
from yunyue.journal.facts import Payload
from yunyue.people.policy import by_oneself
from yunyue.settlement.admission import Known

DIGEST = "sha256:" + "0" * 64
STORY = """
2024-04-11 contract.signed
2024-04-12 staff.proposed person=p1 post=engineer as provider
2024-04-13 staff.consented person=p1 change=assignment as client
2024-05-01 rectification.ordered notice=n1 about=down deadline=2024-06-01 as client
2024-05-02 rectification.reported notice=n1 as provider
"""
KNOWN = Known.of(TERMS, tell(STORY).facts)


def said(kind: str, **values: object) -> Payload:
    found = understand(kind, values)
    assert isinstance(found, Payload), found
    return found


CONSENT = said("staff.consented", person="p1", change="assignment", document=DIGEST)
ASSIGNED = said("staff.assigned", person="p1", post="engineer", replaces=None)


@pytest.mark.parametrize(
    ("payload", "actor", "alone"),
    [
        (CONSENT, "provider", True),
        (CONSENT, "client", False),
        (said("staff.consented", person="p2", change="assignment", document=DIGEST), "client", True),
        (ASSIGNED, "provider", False),
        (ASSIGNED, "client", True),
        (said("staff.left", person="p1"), "provider", True),
        (said("exclusion.approved", exclusion="nobody-asked"), "client", True),
        (said("ticket.closed", ticket="never-resolved"), "client", True),
        (said("proposal.rejected", proposal="mine", reason="taken back"), "client", False),
        (said("staff.proposed", person="p3", post="engineer", replaces=None), "provider", False),
    ],
)
def test_an_answer_is_ones_own_unless_another_person_asked(payload: Payload, actor: str, alone: bool) -> None:
    assert by_oneself(KNOWN, payload, actor) == alone
