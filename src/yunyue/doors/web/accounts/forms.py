"""The forms to log in and to choose a new password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yunyue.doors.web.accounts import throttle


class Login(AuthenticationForm):
    """Name and password, with a limit on wrong ones."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """As Django's, dressed for our pages."""
        super().__init__(*arguments, **keywords)
        dress(self)

    def clean(self) -> dict[str, Any]:
        """The form's values. Raises ValidationError for a wrong or closed name."""
        username = str(self.cleaned_data.get("username", ""))
        if throttle.closed(username):
            raise ValidationError(_("Too many wrong passwords. Try again in a quarter of an hour."), code="closed")
        try:
            values: dict[str, Any] = super().clean()
        except ValidationError:
            throttle.failed(username)
            raise
        throttle.succeeded(username)
        return values


class NewPassword(PasswordChangeForm):
    """The old password and, twice, one that differs from it."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """As Django's, dressed for our pages."""
        super().__init__(*arguments, **keywords)
        dress(self)

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
