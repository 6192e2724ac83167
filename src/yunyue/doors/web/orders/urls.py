"""The addresses of orders. What is done to an order stands before the pages of orders, whose ids may have slashes."""

from django.urls import path

from yunyue.doors.web.orders.views import acting, listing, placing

app_name = "orders"
urlpatterns = [
    path("", listing.orders, name="orders"),
    path("left", listing.left, name="left"),
    path("new", placing.new, name="new"),
    path("focus.csv", listing.focus_csv, name="focus-csv"),
    path("focus.parquet", listing.focus_parquet, name="focus-parquet"),
    path("act/approve/<path:order>", acting.approval, name="approve"),
    path("act/provide/<path:order>", acting.provision, name="provide"),
    path("act/change/<path:order>", acting.change, name="change"),
    path("act/agree/<path:order>", acting.agreement, name="agree"),
    path("act/end/<path:order>", acting.ending, name="end"),
    path("<path:order>", listing.order, name="order"),
]
