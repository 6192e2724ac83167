"""Where views are kept and forgotten."""

from django.urls import path

from yunyue.doors.web.tables import views

app_name = "tables"
urlpatterns = [
    path("views", views.save, name="save"),
    path("views/<int:number>/forget", views.forget, name="forget"),
]
