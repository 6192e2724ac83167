"""The forms to log in and to choose a new password."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yunyue.doors.web.accounts import throttle
from yunyue.doors.web.accounts.adapters import CLOSED


class Login(LoginForm):  # type: ignore[misc]  # the library's forms have no types
    """Name and password; the adapter limits wrong ones."""

    fields: dict[str, forms.Field]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """As the library's, its field called what it is, dressed for our pages."""
        super().__init__(*arguments, **keywords)
        self.fields.pop("login")
        name = forms.CharField(label=_("Account"), max_length=64)
        name.widget.attrs.update({"autocomplete": "username webauthn", "autofocus": True})
        self.fields = {"username": name, **self.fields}
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        dress(self)

    def clean(self) -> dict[str, Any]:
        """The form's values. Raises ValidationError for a wrong or closed name."""
        self.cleaned_data["login"] = str(self.cleaned_data.get("username", ""))
        values: dict[str, Any] = super().clean()
        return values


class NewPassword(PasswordChangeForm):
    """The old password and, twice, one that differs from it."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """As Django's, dressed for our pages."""
        super().__init__(*arguments, **keywords)
        dress(self)

    def clean_old_password(self) -> str:
        """The old password. Raises ValidationError for a wrong one, which is counted, and for any of a closed name."""
        name = self.user.get_username()
        if throttle.closed(name):
            raise ValidationError(CLOSED, code="closed")
        try:
            return super().clean_old_password()
        except ValidationError:
            throttle.failed(name)
            raise

    def clean_new_password1(self) -> str:
        """The new password. Raises ValidationError if it is the old one."""
        chosen: str = self.cleaned_data["new_password1"]
        if chosen == self.data.get("old_password"):
            raise ValidationError(_("The new password is the old one."), code="unchanged")
        return chosen


def dress(form: forms.BaseForm) -> None:
    """Give the fields of a form the look of the console, and say to readers of screens what is wrong with them."""
    for name, field in form.fields.items():
        select = isinstance(field.widget, forms.Select)
        field.widget.attrs.setdefault("class", "form-select" if select else "form-control")
        if form.is_bound and name in form.errors:
            field.widget.attrs.update({"class": f"{field.widget.attrs['class']} is-invalid", "aria-invalid": "true"})
