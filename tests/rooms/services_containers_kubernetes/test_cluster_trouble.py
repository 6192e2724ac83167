"""What is seen, and what becomes of it, when a cluster is away, forgets, or does not let us."""

import subprocess

import pytest
from kubernetes_cast import Farm
from podman_cast import deployment, service
from wishing import now, until

from yunyue.services.containers.kubernetes.reading import moment
from yunyue.services.containers.metering.ledger import Ledger, waiting

pytestmark = pytest.mark.kubernetes


def test_a_cluster_that_is_away_is_told_and_everything_goes_on_when_it_is_back(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=1))
    field.complete(project)
    field.plane.kill("kube-apiserver")
    try:
        until(lambda: field.rollout(project).reason.startswith("the cluster does not answer"))
        assert field.rollout(project).progress == "progressing"
        field.apply(project, deployment(replicas=2))
    finally:
        field.plane.again("kube-apiserver")
    assert until(lambda: field.complete(project) if field.rollout(project).ready == 2 else None).reason == ""


def test_a_server_that_forgot_how_far_we_were_is_asked_for_everything_again(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=1))
    field.complete(project)
    assert field.keeper is not None
    watch = field.keeper.plots[project.order].watches["Pod"]
    lists = watch.lists
    field.plane.compact()
    watch.version = "1"
    field.plane.kill("kube-apiserver")
    field.plane.again("kube-apiserver")
    until(lambda: watch.lists > lists)
    field.apply(project, deployment(replicas=2))
    until(lambda: field.rollout(project).ready == 2)


def test_rights_that_are_missing_are_named(field: Farm) -> None:
    role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/yunyue-engine"
    rules = (field.plane.get(role) or {})["rules"]
    less = [{**one, "verbs": ["get"]} if "limitranges" in one["resources"] else one for one in rules]
    field.plane.patch(role, {"rules": less})
    try:
        project = field.project()
        field.apply(project, service())
        until(lambda: "cannot patch resource" in field.state(project, "Service", "web")[1])
    finally:
        field.plane.patch(role, {"rules": rules})
    until(lambda: field.state(project, "Service", "web") == ("ready", ""))


def test_what_ended_while_the_platform_was_away_is_counted_to_its_end(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=1))
    field.complete(project)
    field.stop_keeper()
    path = f"/api/v1/namespaces/{field.namespace(project)}/pods"
    one = field.plane.items(path)[0]["metadata"]
    pod = f"{path}/{one['name']}"
    field.plane.admin.delete(pod)
    ended = until(lambda: _end(field, pod))
    field.start_keeper()
    until(lambda: field.plane.get(pod) is None)
    query = "SELECT start, ended, milli, octets FROM spans WHERE project = ? AND container = ?"
    span = field.engine.store.rows(query, (project.order, f"{one['uid']}/0"))
    assert [row[1:] for row in span] == [(ended, 500, 64 << 20)]


def _end(field: Farm, path: str) -> int:
    """When a pod's container ended by the cluster's own word (ms), once it has."""
    status = (field.plane.get(path) or {})["status"]["containerStatuses"][0]["state"]
    return moment((status.get("terminated") or {}).get("finishedAt"))


def test_processor_time_is_added_up_from_the_nodes_own_count(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=1))
    field.complete(project)
    ledger, start = Ledger(field.engine.store), now() // 60_000 * 60_000
    until(lambda: len(field.engine.top(project)) == 1)  # type: ignore[arg-type]  # uses, or the test fails
    before = ledger.used(project.order, start, now() + 60_000)[0]
    field.kubelet.used_seconds += 2.5
    until(lambda: ledger.used(project.order, start, now() + 60_000)[0] > before)
    assert ledger.used(project.order, start, now() + 60_000)[0] - before == 2_500_000_000


def test_endpoints_are_asked_through_the_server(field: Farm) -> None:
    project = field.project()
    field.apply(project, service() + deployment(replicas=1))
    field.complete(project)

    def said(error: str) -> bool:
        found = [one for _, one in waiting(field.engine.store, "c1", 1000) if one.order == project.order]
        return any(one.indicator == "availability" and one.error == error for one in found)

    until(lambda: said(""))
    field.apply(project, deployment(replicas=1, image="localhost/missing:1", spec="strategy: {type: Recreate}"))
    until(lambda: said("status 503"))


def test_a_dead_replica_that_was_replaced_is_a_sample(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=2))
    field.complete(project)
    path = f"/api/v1/namespaces/{field.namespace(project)}/pods"
    field.plane.admin.delete(f"{path}/{field.rows(project)[0].name}")

    def replaced() -> bool:
        found = [one for _, one in waiting(field.engine.store, "c1", 1000) if one.order == project.order]
        return [one.error for one in found if one.indicator == "timely-replacement"] == [""]

    until(replaced)


def test_no_key_of_the_kubeconfig_is_in_what_the_platform_says(field: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    token = field.token()
    field.stop_keeper()
    field.start_keeper()
    project = field.project()
    field.apply(project, service())
    until(lambda: field.state(project, "Service", "web")[0] == "ready")
    said = capsys.readouterr()
    assert token not in said.out + said.err
    assert field.keeper is not None
    assert token not in repr(field.keeper.plots[project.order].cluster)
    lies = ["grep", "-rl", token, str(field.folder)]
    assert subprocess.run(lies, capture_output=True, text=True, check=False).stdout == ""
