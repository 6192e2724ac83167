"""The addresses of the pages."""

from django.urls import path

from yunyue.doors.web.containers.views import (
    editing,
    image,
    images,
    members,
    projects,
    push_tokens,
    replicas,
    workloads,
)

app_name = "containers"
ONE = "<slug:kind>/<str:name>"
urlpatterns = [
    path("", projects.projects, name="projects"),
    path("<slug:project>", projects.project, name="project"),
    path("<slug:project>/use/<slug:what>", projects.use, name="use"),
    path("<slug:project>/images", images.images, name="images"),
    path("<slug:project>/images/bill", images.bill, name="bill"),
    path("<slug:project>/images/rules", images.rules, name="rules"),
    path("<slug:project>/images/one", image.image, name="image"),
    path("<slug:project>/images/sign", image.signing, name="sign"),
    path("<slug:project>/members", members.members, name="members"),
    path("<slug:project>/members/role", members.role, name="role"),
    path("<slug:project>/push-tokens", push_tokens.tokens, name="tokens"),
    path("<slug:project>/push-tokens/make", push_tokens.make, name="make-token"),
    path("<slug:project>/push-tokens/revoke", push_tokens.revoke, name="revoke-token"),
    path("<slug:project>/edit", editing.edit, name="edit"),
    path(f"<slug:project>/delete/{ONE}", editing.delete, name="delete"),
    path("<slug:project>/replica/<str:name>", replicas.replica, name="replica"),
    path("<slug:project>/replica/<str:name>/run", replicas.execute, name="run"),
    path(f"<slug:project>/workload/{ONE}", workloads.workload, name="workload"),
    path(f"<slug:project>/workload/{ONE}/scale", workloads.scale, name="scale"),
    path(f"<slug:project>/workload/{ONE}/undo", workloads.undo, name="undo"),
]
