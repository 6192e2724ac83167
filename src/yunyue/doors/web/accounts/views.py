"""Logging in and out, choosing a password, choosing a language."""

from allauth.account.views import LoginView
from django.contrib.auth import views as django_views
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.i18n import set_language

from yunyue.doors.web.accounts import changes, passwords
from yunyue.doors.web.accounts.changes import SOURCE
from yunyue.doors.web.accounts.forms import NewPassword
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.kernel import Recorder


class _Password(django_views.PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = NewPassword
    success_url = reverse_lazy("console:today")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Keep the password; the account is now its holder's own. Raises Unrecorded, and nothing is changed then."""
        account = Account.objects.get(pk=form.user.pk)
        with transaction.atomic():
            before = changes.state(account)
            super().form_valid(form)
            account.refresh_from_db()
            passwords.chosen(account)
            refused = changes.note(account, "password_chosen", None, before, Recorder(account.pseudonym, SOURCE))
            if refused is not None:
                raise changes.Unrecorded(str(refused))
        return redirect("console:today")


login = seen_by(ANYONE)(LoginView.as_view(template_name="accounts/login.html"))
logout = seen_by(ANYONE)(django_views.LogoutView.as_view())
password = seen_by(ANY_ACCOUNT)(_Password.as_view())
language = seen_by(ANYONE)(set_language)
