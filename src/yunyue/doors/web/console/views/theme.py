"""Choosing the colours of the console: light, dark, or as the system has them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yunyue.doors.web.accounts.gate import ANYONE, seen_by
from yunyue.doors.web.console.layout import THEME_COOKIE, THEMES

YEAR_SECONDS = 365 * 24 * 3600


@seen_by(ANYONE)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the choice in this browser and go back; a choice there is not changes nothing."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=bool(settings.SESSION_COOKIE_SECURE),
        )
    return response
