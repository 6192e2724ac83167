"""Where second factors, passkeys and outside identities are seen to: the library's views under our gate and look.

Their names are the library's own, which it leads to by itself. Each change and its fact are one transaction.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as identities
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.db import transaction
from django.urls import URLPattern, path

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, seen_by
from yunyue.doors.web.accounts.views import login, logout


def _page(address: str, view: Callable[..., Any], name: str, who: str = ANY_ACCOUNT) -> URLPattern:
    return path(address, seen_by(who)(transaction.atomic(view)), name=name)


urlpatterns = [
    path("login", login, name="account_login"),
    path("logout", logout, name="account_logout"),
    _page("prove", account.reauthenticate, "account_reauthenticate"),
    _page("security", base.index, "mfa_index"),
    path("login/code", seen_by(ANYONE)(base.authenticate), name="mfa_authenticate"),
    path("login/passkey", seen_by(ANYONE)(keys.login_webauthn), name="mfa_login_webauthn"),
    path("prove/code", seen_by(ANY_ACCOUNT)(base.reauthenticate), name="mfa_reauthenticate"),
    path("prove/passkey", seen_by(ANY_ACCOUNT)(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    _page("security/app", totp.activate_totp, "mfa_activate_totp"),
    _page("security/app/remove", totp.deactivate_totp, "mfa_deactivate_totp"),
    _page("security/keys", keys.list_webauthn, "mfa_list_webauthn"),
    _page("security/keys/add", keys.add_webauthn, "mfa_add_webauthn"),
    _page("security/keys/<int:pk>/remove", keys.remove_webauthn, "mfa_remove_webauthn"),
    _page("security/keys/<int:pk>/rename", keys.edit_webauthn, "mfa_edit_webauthn"),
    _page("security/codes", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _page("security/codes/renew", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _page("security/identities", identities.connections, "socialaccount_connections"),
    path("<slug:provider_id>/login", seen_by(ANYONE)(oidc.login), name="openid_connect_login"),
    path("<slug:provider_id>/callback", seen_by(ANYONE)(oidc.callback), name="openid_connect_callback"),
    path("login/refused", seen_by(ANYONE)(identities.login_error), name="socialaccount_login_error"),
    path("login/cancelled", seen_by(ANYONE)(identities.login_cancelled), name="socialaccount_login_cancelled"),
]
