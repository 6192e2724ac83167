"""A name proven at the doors: looked for at a real name server, recorded once, and the department's from then on."""

from contract_year import CONTRACT
from dns_cast import saying

from yunyue.answer import Refused
from yunyue.doors.monitor.ownership import prove, proven, to_publish
from yunyue.doors.office import Office
from yunyue.journal.facts import OwnershipProven
from yunyue.kernel import Recorder

NAME = "www.example.gov.cn"
WHO = Recorder("client:wang", "/console")


def test_a_published_word_is_recorded_once_and_the_name_is_theirs(own_office: Office) -> None:
    hosting = own_office.hosting
    wanted = to_publish(hosting, CONTRACT, "bureau", NAME)
    assert isinstance(wanted, dict)
    with saying(wanted["word"]) as server:
        for _ in range(2):
            found = prove(hosting, CONTRACT, ("bureau", NAME.upper(), "dns"), WHO, server)
            assert found == OwnershipProven(tenant="bureau", name=NAME, means="dns")
    assert len(own_office.kernel.facts(CONTRACT, OwnershipProven)) == 1
    assert proven(hosting, CONTRACT) == proven(hosting, CONTRACT, "bureau") == {NAME: "bureau"}
    assert proven(hosting, CONTRACT, "office") == {}


def test_anothers_word_proves_nothing(own_office: Office) -> None:
    hosting = own_office.hosting
    theirs = to_publish(hosting, CONTRACT, "office", NAME)
    assert isinstance(theirs, dict)
    with saying(theirs["word"]) as server:
        refused = prove(hosting, CONTRACT, ("bureau", NAME, "dns"), WHO, server)
    assert isinstance(refused, Refused)
    assert "does not say" in refused.reason
    assert not own_office.kernel.facts(CONTRACT, OwnershipProven)


def test_an_address_and_nobody_are_refused_before_anything_is_asked(own_office: Office) -> None:
    for tenant, name, field in (("bureau", "10.1.2.3", "name"), ("", NAME, "tenant"), ("bureau", "x" * 300, "name")):
        refused = to_publish(own_office.hosting, CONTRACT, tenant, name)
        assert isinstance(refused, Refused)
        assert refused.field == field
        assert prove(own_office.hosting, CONTRACT, (tenant, name, "http"), WHO) == refused
