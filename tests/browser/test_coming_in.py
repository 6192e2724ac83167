"""Coming in through a real browser: by app, by passkey, by recovery code, through a real provider, by a token."""

import base64
import hmac
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import contract_year
import oidc_provider
import pytest
from browser_cast import CHOSEN, PATIENCE, Served, enter, log_in
from oidc_provider import Provider
from playwright.sync_api import Browser, Page, expect

from yunyue.host.settings import Settings, environment

SERVER = """
import os, sys
from yunyue.doors.serve import serve
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import read

settings = read(os.environ)
setup.migrate(settings)
for name in sys.argv[1:]:
    role = Role.AUDIT_ADMINISTRATOR if name == "auditor" else Role.SERVICE_MANAGER
    print(setup.add_account(settings, name, role), flush=True)
refused = serve(settings, lambda address: print(address, flush=True))
sys.exit(str(refused) if refused else 0)
"""
NAMES = ("by-app", "by-key", "by-passkey", "by-code", "by-identity", "auditor", "token-maker")
SECURITY = "/accounts/security"


@dataclass
class Entrance:
    """The server, and the provider it trusts."""

    served: Served
    provider: Provider


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    folder, port = tmp_path_factory.mktemp("entrance"), oidc_provider.free_port()
    address = f"http://localhost:{port}"
    with oidc_provider.provider(folder, f"{address}/accounts/oidc/callback") as provider:
        settings = Settings(
            home=folder / "home",
            port=port,
            bind="127.0.0.1",
            log_level="warning",
            oidc_issuer=provider.issuer,
            oidc_client=oidc_provider.CLIENT,
            oidc_secret=oidc_provider.SECRET,
            oidc_name="统一身份认证",
        )
        contract_year.tell(settings).close()
        command = [sys.executable, "-c", SERVER, *NAMES]
        process = subprocess.Popen(
            command, env={**os.environ, **environment(settings)}, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        given = [process.stdout.readline().strip() for _ in range(len(NAMES) + 1)]
        yield Entrance(Served(address, dict(zip(NAMES, given, strict=False)), set()), provider)
        process.terminate()
        assert (process.communicate(timeout=60)[0], process.returncode) == ("", 0)


NewVisitor = Callable[..., Page]


@pytest.fixture
def visitor(chromium: Browser, entrance: Entrance) -> Iterator[NewVisitor]:
    """Opens a page of a browser of its own; a script the policy blocks, or any error of one, fails the test."""
    contexts, complaints = [], list[str]()

    def visitor(language: str = "zh-CN") -> Page:
        context = chromium.new_context(locale=language, base_url=entrance.served.address)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert complaints == []


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time() // 30) + steps)
    digest = hmac.new(base64.b32decode(secret), moment, "sha1").digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """Set an app up: its secret and the recovery codes."""
    page.goto(f"{SECURITY}/app")
    secret = page.locator("code.secret").inner_text()
    page.locator("#id_code").fill(code_of(secret))
    page.locator("main button.btn-primary").click()
    expect(page.locator("ul.codes li")).to_have_count(10)
    return secret, page.locator("ul.codes code").all_inner_texts()


def give_keys(page: Page) -> None:
    """A virtual authenticator of the browser's own, which answers as a person with a fingerprint would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_out(page: Page) -> None:
    page.locator("form[action='/accounts/logout'] button").click()
    page.wait_for_url("**/accounts/login")


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "第二因素"), ("en", "Second factor")])
def test_by_the_code_of_an_app(entrance: Entrance, visitor: NewVisitor, language: str, title: str) -> None:
    name = {"zh-CN": "by-app", "en": "by-code"}[language]
    page = visitor(language)
    log_in(page, entrance.served, name)
    secret, codes = set_up_app(page)
    log_out(page)
    enter(page, name, CHOSEN)
    expect(page.locator("h1")).to_have_text(title)
    page.locator("#id_code").fill("000000")
    page.locator("main button.btn-primary").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    page.locator("#id_code").fill(code_of(secret, 1) if language == "zh-CN" else codes[0])
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/today")


def test_by_a_key_as_the_second_factor(entrance: Entrance, visitor: NewVisitor) -> None:
    page = visitor()
    give_keys(page)
    log_in(page, entrance.served, "by-key")
    page.goto(f"{SECURITY}/keys/add")
    page.locator("[name=name]").fill("办公电脑")
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/security/codes")
    page.goto(f"{SECURITY}/keys")
    expect(page.locator("main")).to_contain_text("办公电脑")
    log_out(page)
    enter(page, "by-key", CHOSEN)
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/today")


def test_by_a_passkey_alone(entrance: Entrance, visitor: NewVisitor) -> None:
    page = visitor("en")
    give_keys(page)
    log_in(page, entrance.served, "by-passkey")
    page.goto(f"{SECURITY}/keys/add")
    page.locator("[name=passwordless]").check()
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/security/codes")
    log_out(page)
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/today")
    expect(page.locator("header")).to_contain_text("by-passkey")


def test_a_browser_without_the_key_is_told_so(entrance: Entrance, visitor: NewVisitor) -> None:
    page = visitor("en")
    give_keys(page)
    page.goto("/accounts/login")
    page.locator("form[data-passkey] button").click()
    expect(page.locator("[data-failed]")).to_be_visible()


def at_the_provider(page: Page, provider: Provider) -> None:
    """Log in there, when it asks."""
    page.wait_for_url(f"{provider.issuer}/**")
    page.locator("[name=login]").fill(provider.person)
    page.locator("[name=password]").fill(provider.password)
    page.locator("form[action*=login] button[type=submit]").first.click()


def test_through_a_provider_once_linked_and_not_before(entrance: Entrance, visitor: NewVisitor) -> None:
    stranger = visitor("en")
    stranger.goto("/accounts/login")
    stranger.get_by_role("button", name="Log in through 统一身份认证").click()
    at_the_provider(stranger, entrance.provider)
    stranger.wait_for_url(f"{entrance.served.address}/accounts/login")
    expect(stranger.locator(".alert-danger")).to_contain_text("linked to no account")

    page = visitor("en")
    log_in(page, entrance.served, "by-identity")
    page.goto(f"{SECURITY}/identities")
    page.get_by_role("button", name="Link my identity at").click()
    at_the_provider(page, entrance.provider)
    page.wait_for_url(f"{entrance.served.address}{SECURITY}/identities")
    log_out(page)
    page.get_by_role("button", name="Log in through 统一身份认证").click()
    page.wait_for_url("**/today")
    expect(page.locator("header")).to_contain_text("by-identity")


def test_who_audits_sets_up_a_factor_first_and_then_finds_every_step_on_record(
    entrance: Entrance, visitor: NewVisitor
) -> None:
    page = visitor("zh-CN")
    log_in(page, entrance.served, "auditor")
    page.goto("/access")
    page.wait_for_url(f"**{SECURITY}")
    expect(page.locator(".alert-warning")).to_contain_text("第二因素")
    set_up_app(page)
    page.goto("/access?kind=login")
    expect(page.locator("main table")).to_contain_text("POST accounts:login")
    page.goto("/audit")
    expect(page.locator("main")).to_contain_text("factor_added")


def test_a_token_is_made_shown_once_and_revoked(entrance: Entrance, visitor: NewVisitor) -> None:
    page = visitor("en")
    log_in(page, entrance.served, "token-maker")
    page.goto("/accounts/tokens")
    page.get_by_label("Name (which program it is for)").fill("nightly report")
    page.locator("[value='facts:read']").check()
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("code.once").inner_text()
    asked = {"Authorization": f"Bearer {secret}"}
    fact = f"{entrance.served.address}/api/v1/facts/payment-1"
    assert page.context.request.get(fact, headers=asked).status == 200
    page.goto("/accounts/tokens")
    expect(page.locator("main")).not_to_contain_text(secret)
    page.locator("button", has_text="Revoke").click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert page.context.request.get(fact, headers=asked).status == 401
