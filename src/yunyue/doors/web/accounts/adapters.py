"""What the second factors, passkeys and outside identities of django-allauth do here: lock-out, words, secrets.

Measured against writing it ourselves: WebAuthn and OpenID Connect are protocols one does not write again. What stays
ours is the lock-out (one for passwords and codes), who may come in, and what is recorded.
"""

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from yunyue.doors.web.accounts import throttle
from yunyue.doors.web.accounts.models import Account

CLOSED = gettext_lazy("Too many wrong passwords or codes. Try again later.")
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one."""


class Passwords(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Names and passwords: nobody signs up, nobody is written to, and a name is closed after too many wrong ones."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("The account or the password is wrong."),
        "incorrect_password": gettext_lazy("The password is wrong."),
        "too_many_login_attempts": CLOSED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by the system administrator and approved by the security administrator."""
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError for a closed name."""
        del request
        if throttle.closed(str(credentials.get("username", ""))):
            raise ValidationError(CLOSED, code="closed")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account, or None. Wrong codes stay counted: the right password alone does not forget them."""
        found = super().authenticate(request, **credentials)
        if isinstance(found, Account) and not has_factor(found):
            throttle.succeeded(found.username)
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count it."""
        del request
        throttle.failed(str(credentials.get("username", "")))

    def _rollback_login_failed_rl_usage(self) -> None:
        """The library's own limit is off."""

    def post_login(self, request: HttpRequest, user: Any, **keywords: Any) -> HttpResponse:
        """Whoever has just come in has just proved to be there."""
        records = [*get_authentication_records(request, user)]
        if records:
            request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
                *records[:-1],
                {**records[-1], "reauthenticated": True},
            ]
        response: HttpResponse = super().post_login(request, user, **keywords)
        return response

    def add_message(self, request: HttpRequest, level: int, *arguments: Any, **keywords: Any) -> None:
        """Only what went wrong is said; that one is logged in one sees."""
        if level >= messages.ERROR:
            super().add_message(request, level, *arguments, **keywords)

    def send_notification_mail(self, *arguments: Any, **keywords: Any) -> None:
        """An account has no e-mail; changes are facts instead."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """An account that waits or is disabled lets nobody in, whichever way they come."""
        del user
        messages.error(request, gettext("This account lets nobody in."))
        return redirect("account_login")


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Second factors: their secrets are kept encrypted, under a key derived from the installation's own."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code or key is wrong."),
        "cannot_delete_authenticator": gettext_lazy("Your role needs a second factor; add another one first."),
    }

    def encrypt(self, text: str) -> str:
        """For the database."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows."""
        return "Yunyue"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must have a second factor keeps one."""
        account = authenticator.user
        others = Authenticator.objects.filter(user=account, type__in=STRONG).exclude(pk=authenticator.pk)
        return not must_have_factor(account) or others.exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # the library's own name
        """What a new key is called until its holder names it."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Key %(number)s") % {"number": number}


class Identities(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Identities at an OpenID Connect provider: they let in whom an account linked, and open no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody gets an account by having an identity elsewhere."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises ImmediateHttpResponse back to the login page for an identity that no account linked."""
        if not sociallogin.is_existing and sociallogin.state.get("process") != "connect":
            words = gettext("This identity is linked to no account. Log in by password and link it under Security.")
            messages.error(request, words)
            raise ImmediateHttpResponse(redirect("account_login"))

    def on_authentication_error(self, request: HttpRequest, *arguments: Any, **keywords: Any) -> None:
        """Raises ImmediateHttpResponse back to the login page, which says that the provider did not vouch."""
        del arguments, keywords
        messages.error(request, gettext("The identity provider did not confirm this login."))
        raise ImmediateHttpResponse(redirect("account_login"))

    def send_notification_mail(self, *arguments: Any, **keywords: Any) -> None:
        """An account has no e-mail; changes are facts instead."""


def has_factor(account: Account) -> bool:
    """Whether the account has a second factor."""
    return bool(Authenticator.objects.filter(user=account, type__in=STRONG).exists())


def must_have_factor(account: Account) -> bool:
    """Whether its role is one of those that need a second factor."""
    return account.role in settings.SECOND_FACTOR_ROLES


def _cipher() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yunyue second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
