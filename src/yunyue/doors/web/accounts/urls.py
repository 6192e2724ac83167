"""Where accounts are seen to."""

from django.urls import path

from yunyue.doors.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("password", views.password, name="password"),
    path("language", views.language, name="language"),
]
