"""Logging in and out, choosing a password, choosing a language."""

from django.contrib.auth import views as django_views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.i18n import set_language

from yunyue.doors.web.accounts import passwords
from yunyue.doors.web.accounts.forms import Login, NewPassword
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, seen_by
from yunyue.doors.web.accounts.models import Account


class _Password(django_views.PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = NewPassword
    success_url = reverse_lazy("console:today")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Keep the password; the account is now its holder's own."""
        super().form_valid(form)
        passwords.chosen(Account.objects.get(pk=form.user.pk))
        return redirect("console:today")


login = seen_by(ANYONE)(
    django_views.LoginView.as_view(
        template_name="accounts/login.html", authentication_form=Login, redirect_authenticated_user=True
    )
)
logout = seen_by(ANYONE)(django_views.LogoutView.as_view())
password = seen_by(ANY_ACCOUNT)(_Password.as_view())
language = seen_by(ANYONE)(set_language)
