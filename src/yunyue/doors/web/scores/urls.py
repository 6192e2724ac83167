"""The addresses of score sheets."""

from django.urls import path

from yunyue.doors.web.scores import views

app_name = "scores"
urlpatterns = [
    path("", views.sheets, name="scores"),
    path("new", views.new, name="new"),
    path("template", views.template, name="template"),
]
