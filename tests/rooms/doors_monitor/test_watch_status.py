"""Public status pages show what a department chose to show, to everybody, and nothing else."""

import msgspec
import pytest
from contract_year import CONTRACT
from watch_cast import ORDER, watched

from yunyue.answer import Refused
from yunyue.doors.monitor.status import Line, Page, Pages, Shown, found_page, lines, open_page
from yunyue.doors.office import Office

SLUG = "dept-one"


def page(slug: str = SLUG, tenant: str = "dept-1", order: str = ORDER) -> Page:
    return Page(slug=slug, tenant=tenant, title="服务状态", targets=(Shown(order, "政务门户"),))


def folder(office: Office) -> Pages:
    return Pages(office.hosting.host(CONTRACT, "monitor").folder)


def test_nothing_is_public_until_a_department_opts_in(own_office: Office) -> None:
    assert found_page(own_office.hosting, SLUG) is None
    assert open_page(own_office.hosting, CONTRACT, page()) == page()
    assert found_page(own_office.hosting, SLUG) == (CONTRACT, page())


def test_what_was_closed_is_as_if_it_had_never_been(own_office: Office) -> None:
    open_page(own_office.hosting, CONTRACT, page())
    assert folder(own_office).close(SLUG, "dept-1") == page()
    assert found_page(own_office.hosting, SLUG) is None
    assert isinstance(folder(own_office).close(SLUG), Refused)


def test_another_department_closes_nothing(own_office: Office) -> None:
    open_page(own_office.hosting, CONTRACT, page())
    assert isinstance(folder(own_office).close(SLUG, "dept-2"), Refused)
    assert found_page(own_office.hosting, SLUG) is not None


@pytest.mark.parametrize("wrong", [page(tenant="dept-2"), page(order="order-of-nobody")])
def test_a_page_shows_targets_of_its_own_department_only(own_office: Office, wrong: Page) -> None:
    refused = open_page(own_office.hosting, CONTRACT, wrong)
    assert isinstance(refused, Refused)
    assert refused.field == "targets"
    assert folder(own_office).all() == ()


def test_a_taken_name_is_refused(own_office: Office) -> None:
    folder(own_office).open(page(tenant="dept-9"))
    refused = open_page(own_office.hosting, CONTRACT, page())
    assert isinstance(refused, Refused)
    assert refused.field == "slug"


def test_a_line_says_how_it_is_and_nothing_that_names_anything(own_office: Office) -> None:
    watched(own_office)
    (line,) = lines(own_office.hosting, CONTRACT, page())
    assert isinstance(line, Line)
    assert (line.name, line.state, len(line.days)) == ("政务门户", "up", 30)
    told = msgspec.json.encode(line).decode()
    for secret in (ORDER, "dept-1", "reset", "probe failed", "example.gov.cn", CONTRACT):
        assert secret not in told


def test_a_target_that_is_the_departments_no_more_is_left_out(own_office: Office) -> None:
    folder(own_office).open(page(order="gone"))
    assert lines(own_office.hosting, CONTRACT, page(order="gone")) == ()


@pytest.mark.parametrize("slug", ["abc", "UPPER-CASE", "../../x", "a" * 64, "with space", "-leading"])
def test_an_address_is_plain(slug: str) -> None:
    plain = msgspec.to_builtins(page())
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**plain, "slug": slug}, Page)
