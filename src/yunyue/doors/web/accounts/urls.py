"""Where accounts are seen to."""

from django.urls import path

from yunyue.doors.web.accounts import administration, token_pages, views

app_name = "accounts"
urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("password", views.password, name="password"),
    path("language", views.language, name="language"),
    path("sessions", administration.sessions, name="sessions"),
    path("sessions/<int:seat>/end", administration.ending, name="end-session"),
    path("all", administration.accounts, name="accounts"),
    path("open", administration.opening, name="open"),
    path("<int:number>/disable", administration.disabling, name="disable"),
    path("<int:number>/reset", administration.resetting, name="reset"),
    path("tokens", token_pages.listed, name="tokens"),
    path("tokens/make", token_pages.making, name="make-token"),
    path("tokens/<int:number>/revoke", token_pages.revoking, name="revoke-token"),
    path("approvals", administration.approvals, name="approvals"),
    path("<int:number>/approve", administration.approving, name="approve"),
]
