"""The forms of second factors, dressed for our pages, under the same lock-out as passwords."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCode
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yunyue.doors.web.accounts import throttle
from yunyue.doors.web.accounts.adapters import CLOSED
from yunyue.doors.web.accounts.forms import dress


class _Limited:
    """Wrong codes are counted as wrong passwords are."""

    user: Any

    def clean_code(self) -> str:
        """The code. Raises ValidationError for a wrong one, and for any once the name is closed."""
        name = self.user.username
        if throttle.closed(name):
            raise ValidationError(CLOSED, code="closed")
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # the form this is mixed into has it
        except ValidationError:
            throttle.failed(name)
            raise
        throttle.succeeded(name)
        return code


class _WholeKey:
    """What a browser says of a key is untrusted: half an answer is a wrong one, and no crash of the library."""

    def clean_credential(self) -> Any:
        """The authenticator. Raises ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # the form this is mixed into has it
        except (KeyError, AttributeError, TypeError, IndexError, ValueError) as broken:
            raise ValidationError(_("The code or key is wrong."), code="incorrect_code") from broken


class KeyAlone(_WholeKey, LoginWebAuthnForm):  # type: ignore[misc]  # the library's forms have no types
    """Logging in by a passkey."""


class Key(_WholeKey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # the library's forms have no types
    """The second step of logging in, by a key."""


class KeyAgain(_WholeKey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # the library's forms have no types
    """Proving oneself again by a key."""


class Code(_Limited, AuthenticateForm):  # type: ignore[misc]  # the library's forms have no types
    """The second step of logging in."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        _code(self, _("Code of the authenticator app, or a recovery code"))


class CodeAgain(_Limited, ReauthenticateByCode):  # type: ignore[misc]  # the library's forms have no types
    """Proving oneself again by a code."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        _code(self, _("Code of the authenticator app, or a recovery code"))


class FirstCode(_Limited, ActivateTOTPForm):  # type: ignore[misc]  # the library's forms have no types
    """Showing that the app has the secret."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        _code(self, _("Code the app shows now"))


class NewKey(AddWebAuthnForm):  # type: ignore[misc]  # the library's forms have no types
    """Adding a passkey or a security key."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].max_length = 64
        self.fields["passwordless"].label = _("Log in with this key alone")
        self.fields["passwordless"].help_text = _("The key then asks for a PIN, a fingerprint or a face.")
        dress(self)
        self.fields["passwordless"].widget.attrs["class"] = "form-check-input d-block"

    def clean(self) -> dict[str, Any]:
        """The form's values. Raises ValidationError for half an answer."""
        try:
            values: dict[str, Any] = super().clean()
        except (KeyError, AttributeError, TypeError, IndexError, ValueError) as broken:
            raise ValidationError(_("The code or key is wrong."), code="incorrect_code") from broken
        return values


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]  # the library's forms have no types
    """Proving oneself again by the password."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        dress(self)


def _code(form: forms.Form, label: Any) -> None:
    form.fields["code"].label = label
    form.fields["code"].widget.attrs.pop("placeholder", None)
    form.fields["code"].widget.attrs.update({"autofocus": True, "inputmode": "text"})
    dress(form)
