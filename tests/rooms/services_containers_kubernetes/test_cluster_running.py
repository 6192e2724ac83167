"""What runs in a real cluster: applied, updated, rolled back, scaled, repaired, removed."""

import pytest
from kubernetes_cast import Farm, until
from podman_cast import deployment, service

from yunyue.answer import Refused

pytestmark = pytest.mark.kubernetes


def test_what_is_applied_becomes_ready_in_a_namespace_of_its_own(field: Farm) -> None:
    project = field.project()
    field.apply(project, service() + deployment(replicas=3))
    found = field.complete(project)
    assert (found.wanted, found.updated, found.ready, found.revision) == (3, 3, 3, 1)
    names = {one["metadata"]["name"] for one in field.plane.items(f"/api/v1/namespaces/{field.namespace(project)}/pods")}
    replicas = field.engine.replicas(project)
    assert not isinstance(replicas, Refused)
    assert {one.name for one in replicas} == names
    assert {one.phase for one in replicas} == {"ready"}
