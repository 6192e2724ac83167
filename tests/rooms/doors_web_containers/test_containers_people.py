"""Pages of a project's members and push tokens: who may, what is refused and why, what is shown once and never again.

Nothing of it needs a container: the project is kept as an order keeps it, and no engine runs.
"""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from cli_cast import CONTRACT
from console_cast import GOOD_PASSWORD, LogIn, _office, text
from django.test import Client
from wishing import now

from yunyue.doors.containers import kept_projects, push_tokens
from yunyue.doors.containers_keeping import Keeping
from yunyue.doors.office import Office, open_office
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store

OURS, THEIRS = "dept-1", "dept-2"
ASK = f"?contract={CONTRACT}"
DAY = 86_400_000
numbers = count(1)


@pytest.fixture(scope="module")
def kept_office(tmp_path_factory: pytest.TempPathFactory, first_password: str) -> Iterator[Office]:
    yield from _office(tmp_path_factory.mktemp("people") / "home")


@pytest.fixture
def office(kept_office: Office) -> Office:
    open_office(kept_office)
    return kept_office


@pytest.fixture
def project(office: Office) -> Iterator[Project]:
    """A project of its own for each test, of the department "dept-1"."""
    kept = kept_projects(office.settings.home)
    name = f"p{next(numbers)}"
    made = kept.add(Project(f"po-{name}", CONTRACT, OURS, name, 0, ProjectOrder(name=name), now()))
    assert isinstance(made, Project)
    yield made
    kept.put(Project(made.order, CONTRACT, OURS, name, made.number, made.wanted, made.made, ended=now()))


def at(project: Project, path: str) -> str:
    return f"/containers/{project.name}/{path}{ASK}"


def mine() -> str:
    """The pseudonym of who logged in last."""
    found: str = Account.objects.latest("pk").pseudonym
    return found


def member(log_in: LogIn, office: Office, project: Project, role: str) -> Client:
    """Somebody of the department who was named in a project that has another admin."""
    client = log_in(Role.TENANT_USER, tenant=OURS, language="en")
    kept = kept_projects(office.settings.home)
    assert kept.grant(project.order, "user:900001", "admin") is None
    assert role == "none" or kept.grant(project.order, mine(), role) is None  # type: ignore[arg-type]  # the tests name roles
    return client


def roles(office: Office, project: Project) -> dict[str, str]:
    return {one.person: one.role for one in kept_projects(office.settings.home).members(project.order)}


def events(office: Office, project: Project) -> list[tuple[str, str]]:
    store = Store(engine_folder(office.settings.home / "services"))
    return [(one.reason, one.message) for one in Objects(store, project.order).events(0, 100)]


class TestMembers:
    def test_while_nobody_is_named_the_page_says_who_decides_and_offers_oneself_first(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        client = log_in(Role.TENANT_USER, tenant=OURS, language="en")
        page = text(client.get(at(project, "members")))
        assert "everybody of the department is an admin" in page
        assert f'name="person" id="person" list="colleagues" value="{mine()}"' in page
        assert '<option value="admin" selected>' in page

    def test_the_first_is_an_admin_others_follow_change_and_go(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        colleague = log_in(Role.TENANT_USER, tenant=OURS) and mine()
        client = log_in(Role.TENANT_USER, tenant=OURS, language="en")
        me, path = mine(), at(project, "members/role")
        refused = client.post(path, {"person": colleague, "role": "viewer"})
        assert refused.status_code == 422
        assert "the first member of a project is an admin" in text(refused)
        assert client.post(path, {"person": me, "role": "admin"}).status_code == 302
        assert client.post(path, {"person": colleague, "role": "viewer"}).status_code == 302
        assert client.post(path, {"person": colleague, "role": "deployer"}).status_code == 302
        assert roles(office, project) == {me: "admin", colleague: "deployer"}
        assert client.post(path, {"person": colleague, "role": "admin", "act": "remove"}).status_code == 302
        assert roles(office, project) == {me: "admin"}
        assert ("Member", f"by {me}: {colleague} is now deployer") in events(office, project)
        assert ("Member", f"by {me}: {colleague} is no member any more") in events(office, project)

    def test_the_last_admin_neither_goes_nor_becomes_less(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        client = log_in(Role.TENANT_USER, tenant=OURS, language="en")
        me, path = mine(), at(project, "members/role")
        client.post(path, {"person": me, "role": "admin"})
        for sent in ({"role": "viewer"}, {"act": "remove"}):
            answer = client.post(path, {"person": me, **sent})
            assert answer.status_code == 422
            assert "keeps at least one admin" in text(answer)
        assert roles(office, project) == {me: "admin"}

    def test_a_colleague_is_named_by_account_and_nobody_elses_account_is_shown(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        log_in(Role.TENANT_USER, tenant=OURS)
        colleague = Account.objects.latest("pk")
        log_in(Role.TENANT_USER, tenant=THEIRS)
        stranger = Account.objects.latest("pk")
        log_in(Role.ENGINEER)
        engineer = Account.objects.latest("pk")
        client = member(log_in, office, project, "admin")
        path = at(project, "members/role")
        assert client.post(path, {"person": colleague.username, "role": "viewer"}).status_code == 302
        assert client.post(path, {"person": engineer.pseudonym, "role": "viewer"}).status_code == 302
        assert {colleague.pseudonym, engineer.pseudonym} <= set(roles(office, project))
        for person in (stranger.pseudonym, stranger.username, engineer.username):
            assert client.post(path, {"person": person, "role": "viewer"}).status_code == 422
        page = text(client.get(at(project, "members")))
        assert colleague.username in page
        assert engineer.pseudonym in page
        assert engineer.username not in page
        assert stranger.username not in page

    @pytest.mark.parametrize("person", ["", "user:", "user:0", "user:99999999", "user:１", "nobody", "<b>", "user:-1"])
    def test_who_is_not_there_is_refused_by_field_and_stays_typed(
        self, office: Office, log_in: LogIn, project: Project, person: str
    ) -> None:
        client = member(log_in, office, project, "admin")
        before = roles(office, project)
        answer = client.post(at(project, "members/role"), {"person": person, "role": "viewer"})
        assert answer.status_code == 422
        assert "<code>person</code>" in text(answer)
        assert "<b>" not in text(answer)
        assert roles(office, project) == before

    @pytest.mark.parametrize("role", ["", "king", "none "])
    def test_a_role_that_is_none_takes_nothing_away(
        self, office: Office, log_in: LogIn, project: Project, role: str
    ) -> None:
        client = member(log_in, office, project, "admin")
        before = roles(office, project)
        answer = client.post(at(project, "members/role"), {"person": "user:900001", "role": role})
        assert answer.status_code == 422
        assert "<code>role</code>" in text(answer)
        assert roles(office, project) == before

    @pytest.mark.parametrize("role", ["", "king", "none "])
    def test_no_door_takes_a_role_that_is_none_for_a_leaving(self, office: Office, project: Project, role: str) -> None:
        keeping = Keeping(office.settings.home, project, "user:900001")
        assert keeping.give("user:900001", "admin") is None
        assert keeping.give("user:900002", "viewer") is None
        told = events(office, project)
        refused = keeping.give("user:900002", role)
        assert refused is not None
        assert refused.field == "role"
        assert roles(office, project) == {"user:900001": "admin", "user:900002": "viewer"}
        assert events(office, project) == told

    def test_whoever_leaves_is_led_to_what_they_still_may_see(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        client = log_in(Role.ENGINEER, language="en")
        kept = kept_projects(office.settings.home)
        assert kept.grant(project.order, "user:900001", "admin") is None
        assert kept.grant(project.order, mine(), "admin") is None
        answer = client.post(at(project, "members/role"), {"person": mine(), "act": "remove"}, follow=True)
        assert answer.status_code == 200
        assert client.get(at(project, "members")).status_code == 403

    @pytest.mark.parametrize("role", ["viewer", "deployer"])
    def test_others_read_and_name_nobody(self, office: Office, log_in: LogIn, project: Project, role: str) -> None:
        client = member(log_in, office, project, role)
        page = text(client.get(at(project, "members")))
        assert "user:900001" in page
        assert "members/role" not in page
        assert "<datalist" not in page
        assert client.post(at(project, "members/role"), {"person": mine(), "role": "admin"}).status_code == 403
        assert roles(office, project)[mine()] == role


class TestPushTokens:
    def test_one_is_shown_once_and_works_until_it_is_revoked(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        client = member(log_in, office, project, "deployer")
        made = client.post(at(project, "push-tokens/make"), {"name": "ci", "days": "30"})
        shown = re.search(r'<code class="once">([^<]+)</code>', text(made))
        assert shown is not None
        assert made["Cache-Control"] == "no-store"
        tokens = push_tokens(office.settings.home)
        (one,) = tokens.all(project.order)
        assert (one.name, one.actor, one.expires - one.made <= 30 * DAY < one.expires - one.made + DAY) == (
            "ci",
            mine(),
            True,
        )
        assert tokens.holds(project.order, shown[1])
        page = text(client.get(at(project, "push-tokens")))
        assert shown[1] not in page
        assert f"<code>{mine()}</code>" in page
        assert client.post(at(project, "push-tokens/revoke"), {"name": "ci"}).status_code == 302
        assert not tokens.holds(project.order, shown[1])
        assert client.post(at(project, "push-tokens/revoke"), {"name": "ci"}).status_code == 422
        assert events(office, project)[-2:] == [
            ("PushToken", f"by {mine()}: push token ci made"),
            ("PushToken", f"by {mine()}: push token ci revoked"),
        ]

    def test_one_with_a_name_of_earlier_days_is_shown_and_revoked(
        self, office: Office, log_in: LogIn, project: Project
    ) -> None:
        client = member(log_in, office, project, "deployer")
        tokens = push_tokens(office.settings.home)
        with Store(engine_folder(office.settings.home / "services")).change() as db:
            query = "INSERT INTO push_tokens (project, name, digest, made, ended) VALUES (?, 'a/b <c>', 'd', 1, 0)"
            db.execute(query, (project.order,))
        assert "a/b &lt;c&gt;" in text(client.get(at(project, "push-tokens")))
        assert client.post(at(project, "push-tokens/revoke"), {"name": "a/b <c>"}).status_code == 302
        assert tokens.all(project.order)[0].ended

    def test_no_secret_is_told_to_the_projects_events(self, office: Office, log_in: LogIn, project: Project) -> None:
        client = member(log_in, office, project, "deployer")
        made = text(client.post(at(project, "push-tokens/make"), {"name": "ci", "days": "0"}))
        shown = re.search(r'<code class="once">([^<]+)</code>', made)
        assert shown is not None
        assert shown[1] not in str(events(office, project))
        assert "when revoked" in text(client.get(at(project, "push-tokens")))

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": "", "days": "30"}, "name"),
            ({"name": "Big", "days": "30"}, "name"),
            ({"name": "x" * 65, "days": "30"}, "name"),
            ({"name": "taken", "days": "30"}, "name"),
            ({"name": "ci", "days": "31"}, "days"),
            ({"name": "ci", "days": ""}, "days"),
            ({"name": "ci", "days": "-7"}, "days"),
        ],
    )
    def test_what_cannot_be_is_refused_by_field(
        self, office: Office, log_in: LogIn, project: Project, sent: dict[str, str], field: str
    ) -> None:
        client = member(log_in, office, project, "deployer")
        assert isinstance(push_tokens(office.settings.home).issue(project.order, "taken"), str)
        answer = client.post(at(project, "push-tokens/make"), sent)
        assert answer.status_code == 422
        assert f"<code>{field}</code>" in text(answer)
        assert [one.name for one in push_tokens(office.settings.home).all(project.order)] == ["taken"]

    def test_whoever_only_looks_sees_and_makes_none(self, office: Office, log_in: LogIn, project: Project) -> None:
        client = member(log_in, office, project, "viewer")
        assert client.get(at(project, "push-tokens")).status_code == 403
        assert client.post(at(project, "push-tokens/make"), {"name": "ci", "days": "30"}).status_code == 403
        assert client.post(at(project, "push-tokens/revoke"), {"name": "ci"}).status_code == 403
        assert "push-tokens" not in text(client.get(at(project, "members")))
        assert push_tokens(office.settings.home).all(project.order) == ()

    def test_in_chinese_too(self, office: Office, log_in: LogIn, project: Project) -> None:
        client = log_in(Role.TENANT_USER, tenant=OURS)
        assert "尚无推送令牌" in text(client.get(at(project, "push-tokens")))
        made = text(client.post(at(project, "push-tokens/make"), {"name": "ci", "days": "30"}))
        assert "只在此显示一次" in made
        refused = text(client.post(at(project, "push-tokens/make"), {"name": "ci", "days": "30"}))
        assert "已有推送令牌 “ci”" in refused


def test_anothers_pages_are_not_found(office: Office, log_in: LogIn, project: Project) -> None:
    stranger = log_in(Role.TENANT_USER, tenant=THEIRS)
    for path in ("members", "push-tokens", "images/one", "images"):
        assert stranger.get(at(project, path)).status_code == 404
    sent = {"person": mine(), "role": "admin", "name": "ci", "days": "30", "image": "app:v1", "key": "release"}
    for path in ("members/role", "push-tokens/make", "push-tokens/revoke", "images/sign", "images/rules"):
        assert stranger.post(at(project, path), sent).status_code == 404
    assert roles(office, project) == {}
    assert push_tokens(office.settings.home).all(project.order) == ()


def test_who_proved_to_be_there_long_ago_proves_it_again_and_what_was_sent_is_done_then(
    office: Office, log_in: LogIn, project: Project
) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS, language="en")
    holder = Account.objects.latest("pk")
    holder.set_password(GOOD_PASSWORD)
    holder.save()
    client.force_login(holder)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    sent = {"person": mine(), "role": "admin", "name": "ci", "days": "30"}
    for path in ("images/sign", "push-tokens/make", "members/role"):
        answer = client.post(at(project, path), sent)
        assert answer["Location"].startswith("/accounts/prove")
    assert roles(office, project) == {}
    assert push_tokens(office.settings.home).all(project.order) == ()
    client.post(answer["Location"], {"password": GOOD_PASSWORD})
    assert roles(office, project) == {mine(): "admin"}
