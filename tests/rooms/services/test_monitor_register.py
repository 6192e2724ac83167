"""What is shown: alerts with who took them on, visits with their objects, maintenance windows, probe points."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from services_cast import START, T0, TestHost

from yunyue.answer import Refused
from yunyue.host.objects import ObjectDamaged
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested, Payload
from yunyue.services.monitor.alerts.ledger import Ledger, Notice
from yunyue.services.monitor.alerts.register import acknowledge, alerts
from yunyue.services.monitor.maintenance import windows
from yunyue.services.monitor.pages import waterfall
from yunyue.services.monitor.pages.visits import Visit, Visits
from yunyue.services.monitor.pages.waterfall import Load, Waterfall
from yunyue.services.monitor.points.register import Heard, Points

FIRING = Notice("down", "o1", "firing", 1, "misses", T0)


def note(folder: Path, *turns: tuple[str, int], channels: tuple[str, ...] = ("duty",)) -> None:
    ledger = Ledger(folder)
    for turn, at in turns:
        ledger.note([(channel, Notice("down", "o1", turn, 1, "misses", at)) for channel in channels])


class TestAlerts:
    def test_an_alert_to_two_channels_is_one_alert(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0), channels=("duty", "head"))
        (found,) = alerts(tmp_path)
        assert (found.rule, found.instance, found.channels, found.firing) == ("down", "o1", ("duty", "head"), True)

    def test_it_says_when_it_was_over_and_how_often_it_was_escalated(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0), ("escalated", T0 + 1), ("escalated", T0 + 2), ("resolved", T0 + 3))
        note(tmp_path, ("firing", T0 + 4))
        newest, oldest = alerts(tmp_path)
        assert (oldest.over, oldest.escalated) == (T0 + 3, 2)
        assert (newest.firing, newest.escalated) == (True, 0)

    def test_who_takes_one_on_stays_on_record(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0))
        number = alerts(tmp_path)[0].number
        taken = acknowledge(tmp_path, number, ("provider:wang", "on my way"), T0 + 60_000)
        assert not isinstance(taken, Refused)
        assert (taken.who, taken.why, taken.taken) == ("provider:wang", "on my way", T0 + 60_000)
        assert Ledger(tmp_path).acknowledged() == {("down", "o1")}

    def test_an_acknowledgement_is_neither_changed_nor_deleted(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0))
        acknowledge(tmp_path, 1, ("provider:wang", ""), T0)
        with sqlite3.connect(tmp_path / "alerts.sqlite") as db:
            for change in ("UPDATE acknowledgements SET who = 'me'", "DELETE FROM acknowledgements"):
                with pytest.raises(sqlite3.IntegrityError, match="append only"):
                    db.execute(change)
        db.close()

    def test_an_alert_is_taken_on_once_while_it_fires(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0))
        acknowledge(tmp_path, 1, ("provider:wang", ""), T0)
        assert isinstance(acknowledge(tmp_path, 1, ("provider:li", ""), T0), Refused)
        assert isinstance(acknowledge(tmp_path, 7, ("provider:li", ""), T0), Refused)
        note(tmp_path, ("resolved", T0 + 1))
        assert isinstance(acknowledge(tmp_path, 1, ("provider:li", ""), T0 + 2), Refused)

    def test_the_next_alert_of_the_rule_is_nobodys_again(self, tmp_path: Path) -> None:
        note(tmp_path, ("firing", T0))
        acknowledge(tmp_path, 1, ("provider:wang", ""), T0)
        note(tmp_path, ("resolved", T0 + 1), ("firing", T0 + 2))
        assert Ledger(tmp_path).acknowledged() == frozenset()


def visit(folder: Path, at: int, picture: bytes) -> Visit:
    visits = Visits(folder)
    fall = Waterfall(
        url="https://a/",
        landed="https://a/",
        title="a",
        status=200,
        parsed=1,
        loaded=2,
        size=3,
        requests=1,
        loads=(Load(url="https://a/", status=200, dns=5),),
    )
    digests = [visits.objects.put(one) for one in (waterfall.write(fall), picture)]
    made = Visit("o1", at, "", "", 12, 1, 3, str(digests[0]), str(digests[1]), "")
    visits.add(made)
    return made


class TestVisits:
    def test_a_visit_gives_back_its_waterfall_and_picture(self, tmp_path: Path) -> None:
        made = visit(tmp_path, T0, b"png")
        (found,) = Visits(tmp_path).of("o1")
        assert found == made == Visits(tmp_path).at("o1", T0)
        fall = Visits(tmp_path).waterfall(found)
        assert not isinstance(fall, Refused)
        assert fall.loads[0].dns == 5
        assert Visits(tmp_path).picture(found) == b"png"

    def test_a_picture_that_was_changed_on_disk_is_not_shown(self, tmp_path: Path) -> None:
        made = visit(tmp_path, T0, b"png")
        name = made.picture.partition(":")[2]
        (tmp_path / "evidence" / name[:2] / name).write_bytes(b"other")
        with pytest.raises(ObjectDamaged):
            Visits(tmp_path).picture(made)

    def test_the_newest_come_first_and_others_orders_do_not(self, tmp_path: Path) -> None:
        visit(tmp_path, T0, b"a")
        visit(tmp_path, T0 + 1, b"b")
        assert [one.at for one in Visits(tmp_path).of("o1")] == [T0 + 1, T0]
        assert [one.at for one in Visits(tmp_path).of("o1", before=T0 + 1)] == [T0]
        assert Visits(tmp_path).of("o2") == ()

    def test_old_visits_go_with_what_only_they_name(self, tmp_path: Path) -> None:
        old, same, evidence = visit(tmp_path, T0, b"a"), visit(tmp_path, T0 + 1, b"b"), visit(tmp_path, T0 + 2, b"c")
        visit(tmp_path, T0 + 9, b"b")
        visits = Visits(tmp_path)
        assert visits.forget(T0 + 9, {evidence.picture}) == 1
        assert [one.at for one in visits.of("o1")] == [T0 + 9]
        assert isinstance(visits.picture(old), Refused)
        assert visits.picture(same) == b"b", "a later visit has the same picture"
        assert visits.picture(evidence) == b"c", "a finding names it"


def said(host: TestHost, actor: str, payload: Payload) -> None:
    number = len(host.facts)
    host.facts.append(Fact(id=f"f{number}", source="/console", time=START, subject="c", actor=actor, data=payload))


def asked(name: str, ground: Literal["maintenance", "client_fault"] = "maintenance") -> ExclusionRequested:
    end = START + timedelta(hours=1)
    return ExclusionRequested(
        exclusion=name, objective="monitor-availability", start=START, end=end, ground=ground, reason="new disks"
    )


class TestMaintenance:
    def test_a_window_counts_once_another_person_approved_it(self, tmp_path: Path) -> None:
        host = TestHost(tmp_path)
        said(host, "provider:wang", asked("w1"))
        assert [one.approved for one in windows(host)] == [False]
        said(host, "provider:wang", ExclusionApproved(exclusion="w1"))
        assert [one.approved for one in windows(host)] == [False]
        said(host, "client:li", ExclusionApproved(exclusion="w1"))
        (found,) = windows(host)
        assert (found.who, found.why, found.approver) == ("provider:wang", "new disks", "client:li")
        assert found.covers(T0)
        assert not found.covers(T0 + 3_600_000)

    def test_other_grounds_and_other_services_are_no_maintenance_of_ours(self, tmp_path: Path) -> None:
        host = TestHost(tmp_path)
        said(host, "provider:wang", asked("w1", "client_fault"))
        host.agreed = ()
        said(host, "provider:wang", asked("w2"))
        assert windows(host) == ()


class TestPoints:
    def test_a_point_is_known_by_its_token_alone(self, tmp_path: Path) -> None:
        points = Points(tmp_path)
        token = points.enrol("haidian", "Beijing, Haidian", T0)
        assert isinstance(token, str)
        found = points.by_token(token)
        assert found is not None
        assert (found.name, found.made) == ("haidian", T0)
        assert points.by_token(token + "x") is None
        assert points.by_token("") is None
        assert token not in (tmp_path / "points.sqlite").read_bytes().decode("latin-1")

    def test_a_bound_certificate_opens_too_until_the_point_ends(self, tmp_path: Path) -> None:
        points = Points(tmp_path)
        token = points.enrol("haidian", "", T0)
        assert not isinstance(points.bind("haidian", "AB:CD"), Refused)
        assert points.by_certificate("abcd") is not None
        assert points.by_certificate("") is None
        points.end("haidian", T0 + 1)
        assert points.by_certificate("abcd") is None
        assert points.by_token(str(token)) is None
        assert points.all()[0].ended == T0 + 1

    def test_a_name_is_given_once_and_again_only_after_it_ended(self, tmp_path: Path) -> None:
        points = Points(tmp_path)
        first = points.enrol("haidian", "", T0)
        assert isinstance(points.enrol("haidian", "", T0), Refused)
        points.end("haidian", T0)
        assert points.enrol("haidian", "", T0) != first

    @pytest.mark.parametrize("name", ["", "海淀", "a b", "A", "x" * 64, "a@b"])
    def test_a_name_that_is_none_is_refused(self, tmp_path: Path, name: str) -> None:
        assert isinstance(Points(tmp_path).enrol(name, "", T0), Refused)

    def test_what_a_point_says_of_itself_is_kept(self, tmp_path: Path) -> None:
        points = Points(tmp_path)
        points.enrol("haidian", "", T0)
        found = points.hear("haidian", Heard(2_500, 20, 7, 0, "1.0"), T0 + 5)
        assert not isinstance(found, Refused)
        assert (found.skew_ms, found.held, found.seen, found.flagged) == (2_500, 7, T0 + 5, True)
        assert not found.silent(T0 + 5)
        assert found.silent(T0 + 180_005)

    def test_nobody_is_heard_who_is_not_enrolled(self, tmp_path: Path) -> None:
        assert isinstance(Points(tmp_path).hear("ghost", Heard(0, 0, 0, 0, ""), T0), Refused)
