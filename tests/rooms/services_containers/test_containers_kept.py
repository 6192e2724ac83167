"""Files, secrets, volumes, jobs, quotas and ports: what a project holds, and what it may not have."""

import asyncio
import socket
import subprocess

import pytest
import requests
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Follow
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.showing import BLOTTED

CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, "app.ini": "[app]\\nname = yunyue\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: correct-horse}
---"""
MOUNTED = """
        env:
        - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: keys, key: password}}}
        - {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        securityContext: {readOnlyRootFilesystem: true}
        volumeMounts:
        - {name: settings, mountPath: /config}
        - {name: keys, mountPath: /run/keys}
        - {name: scratch, mountPath: /tmp}"""
VOLUMES = """
      volumes:
      - {name: settings, configMap: {name: settings}}
      - {name: keys, secret: {secretName: keys}}
      - {name: scratch, emptyDir: {sizeLimit: 1Mi}}"""


def inside(cloud: Installation, project: Project, *words: str, name: str = "") -> str:
    live = [one for one in cloud.yard(project).replicas.values() if not one.ending.is_set()]
    rows = [one.row for one in live if one.row.phase == "ready"]
    chosen = next(row for row in rows if name in ("", row.name))
    return cloud.podman("exec", chosen.container, *words)


def refused(answer: object) -> Refused:
    assert isinstance(answer, Refused)
    return answer


def test_settings_and_secrets_arrive_as_files_and_variables(cloud: Installation, project: Project) -> None:
    cloud.apply(project, CONFIG + deployment(replicas=1, container=MOUNTED.strip(), pod=VOLUMES.strip()))
    cloud.complete(project)
    assert inside(cloud, project, "cat", "/config/app.ini") == "[app]\nname = yunyue"
    assert inside(cloud, project, "cat", "/run/keys/password") == "correct-horse"
    assert inside(cloud, project, "sh", "-c", "echo $COLOUR $PASSWORD $ME") == "blue correct-horse web-1"
    assert inside(cloud, project, "stat", "-c", "%a %u", "/run/keys/password") == "440 65532"
    subprocess.run(["findmnt", "-n", "-T", str(cloud.places.secrets)], check=True, capture_output=True)
    assert str(cloud.places.secrets).startswith("/run/")


def test_a_root_that_is_read_only_and_memory_that_is_full_stop_a_writer(cloud: Installation, project: Project) -> None:
    cloud.apply(project, CONFIG + deployment(replicas=1, container=MOUNTED.strip(), pod=VOLUMES.strip()))
    cloud.complete(project)
    for command in ("echo x > /www/x", "dd if=/dev/zero of=/tmp/big bs=1k count=2000", "echo x > /config/x"):
        with pytest.raises(subprocess.CalledProcessError) as stopped:
            inside(cloud, project, "sh", "-c", command)
        assert stopped.value.returncode == 1


def test_a_changed_setting_rolls_what_mounts_it(cloud: Installation, project: Project) -> None:
    cloud.apply(project, CONFIG + deployment(replicas=1, container=MOUNTED.strip(), pod=VOLUMES.strip()))
    cloud.complete(project)
    cloud.apply(project, CONFIG.replace("blue", "green"))
    assert cloud.complete(project).revision == 2
    assert inside(cloud, project, "cat", "/config/colour") == "green"


def test_a_secret_is_never_shown(cloud: Installation, project: Project) -> None:
    applied = cloud.apply(project, CONFIG)
    shown = cloud.engine.get(project)
    assert not isinstance(shown, Refused)
    diff = cloud.engine.diff(project, CONFIG.replace("correct-horse", "battery-staple"))
    said = f"{applied} {shown} {diff} {cloud.engine.events(project)}"
    assert "correct-horse" not in said
    assert "battery-staple" not in said
    assert BLOTTED in said


def test_a_key_that_is_missing_is_named(cloud: Installation, project: Project) -> None:
    cloud.apply(project, deployment(replicas=1, container=MOUNTED.strip(), pod=VOLUMES.strip()))
    until(lambda: "there is no ConfigMap settings" in cloud.rollout(project).reason)
    cloud.apply(project, CONFIG)
    cloud.complete(project)


CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Mi}}}
---"""
USED = (
    "volumeMounts: [{name: files, mountPath: /data}]",
    "volumes: [{name: files, persistentVolumeClaim: {claimName: files}}]",
)


def test_a_volume_outlives_its_replica_and_stops_a_writer_at_its_size(cloud: Installation, project: Project) -> None:
    cloud.apply(project, CLAIM + deployment(replicas=1, container=USED[0], pod=USED[1]))
    cloud.complete(project)
    inside(cloud, project, "sh", "-c", "echo kept > /data/note")
    full = "dd if=/dev/zero of=/data/big bs=64k count=1000 2>&1 || true"
    assert "No space left" in inside(cloud, project, "sh", "-c", full)
    assert not isinstance(cloud.engine.restart(project, "deploy", "web", "a"), Refused)
    assert cloud.complete(project).revision == 2
    assert inside(cloud, project, "cat", "/data/note") == "kept"
    for kind, name in (("deploy", "web"), ("pvc", "files")):
        assert not isinstance(cloud.engine.delete(project, kind, name, "a"), Refused)
    until(lambda: not cloud.yard(project).machine.volumes.folder(project.order, "files").exists())


STATEFUL = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 0
      securityContext: {runAsNonRoot: true}
      containers:
      - name: main
        image: localhost/web:1
        resources: {limits: {cpu: 200m, memory: 32Mi}}
        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
        volumeMounts: [{name: own, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: own}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 4Mi}}}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}}
"""


def test_replicas_of_a_stateful_set_have_names_order_and_volumes_of_their_own(
    cloud: Installation, project: Project
) -> None:
    cloud.apply(project, STATEFUL)
    cloud.complete(project, "db", "StatefulSet")
    rows = cloud.yard(project).replicas
    assert sorted(rows) == ["db-0", "db-1"]
    assert rows["db-0"].row.ready_since <= rows["db-1"].row.started
    inside(cloud, project, "sh", "-c", "echo nought > /data/me", name="db-0")
    assert "me" not in inside(cloud, project, "ls", "/data", name="db-1").split()
    ask = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 db-0.db 8080"
    assert inside(cloud, project, "sh", "-c", ask, name="db-1").endswith("one")
    cloud.apply(project, STATEFUL.replace("localhost/web:1", "localhost/web:2"))
    cloud.complete(project, "db", "StatefulSet")
    assert inside(cloud, project, "cat", "/data/me", name="db-0") == "nought"


JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: sum}
spec:
  completions: 2
  parallelism: 2
  backoffLimit: 1
  template:
    spec:
      restartPolicy: Never
      securityContext: {runAsNonRoot: true}
      containers:
      - name: main
        image: localhost/web:1
        command: ["/bin/sh", "-c", "echo $((6*7)); exit 0"]
        resources: {limits: {cpu: 200m, memory: 32Mi}}
"""


def state(cloud: Installation, project: Project, kind: str, name: str) -> str:
    found = cloud.engine.get(project, kind, name)
    assert not isinstance(found, Refused)
    return f"{found[0].state} {found[0].ready}/{found[0].wanted} {found[0].reason}".strip()


def test_a_job_runs_to_its_end_and_its_lines_stay(cloud: Installation, project: Project) -> None:
    cloud.apply(project, JOB)
    until(lambda: state(cloud, project, "job", "sum") == "complete 2/2")
    assert lines(cloud, project, "sum-1") == ["42"]


def lines(cloud: Installation, project: Project, replica: str) -> list[str]:
    async def read() -> list[str]:
        return [line.text async for line in cloud.engine.logs(project, replica, Follow())]

    return asyncio.run(read())


def test_a_job_that_fails_too_often_says_so(cloud: Installation, project: Project) -> None:
    cloud.apply(
        project,
        JOB.replace("exit 0", "exit 4").replace("completions: 2", "completions: 1").replace("parallelism: 2", ""),
    )
    until(lambda: state(cloud, project, "job", "sum") == "failed 0/1 2 of at most 1 tries failed")


def test_a_cron_job_makes_jobs_when_they_are_due(cloud: Installation, project: Project) -> None:
    """Its last due moment is set an hour back; the job that is due now comes, those in between do not."""
    job = JOB.split("spec:", 1)[1]
    nested = "\n".join(f"    {line}" for line in job.splitlines())
    cron = f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: tick}}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:{nested}
"""
    cloud.apply(project, cron)
    yard = cloud.yard(project)
    until(lambda: yard.objects.status("CronJob", "tick").get("last"))
    yard.objects.set_status("CronJob", "tick", {"last": yard.machine.now() - 3_600_000})
    assert cloud.loop is not None
    cloud.loop.call_soon_threadsafe(yard.wake)
    made = until(lambda: jobs(cloud, project))
    assert len(made) == 1
    until(lambda: state(cloud, project, "job", made[0]).startswith("complete"))


def jobs(cloud: Installation, project: Project) -> list[str]:
    found = cloud.engine.get(project, "job")
    assert not isinstance(found, Refused)
    return [one.name for one in found]


def test_more_than_the_quota_is_refused_and_nothing_is_kept(cloud: Installation, project: Project) -> None:
    answer = refused(cloud.engine.apply(project, service() + deployment(replicas=17), "a"))
    assert answer == Refused("the project would use 8500m of vcpu; its quota is 8000m", "quota.vcpu", "C37")
    assert cloud.engine.get(project) == ()
    assert refused(cloud.engine.apply(project, deployment(replicas=16) + CLAIM.replace("8Mi", "11Gi"), "a")).field == (
        "quota.storage"
    )
    many = "".join(service(f"s{index}") for index in range(17))
    assert refused(cloud.engine.apply(project, many, "a")).field == "quota.ports"


def test_an_update_that_needs_more_than_the_quota_says_why_it_stands_still(cloud: Installation) -> None:
    small = cloud.project(vcpu=1)
    try:
        cloud.apply(small, deployment(replicas=2))
        cloud.complete(small)
        cloud.apply(small, deployment(replicas=2, image="localhost/web:2"))
        until(lambda: "no room for another replica" in cloud.rollout(small).reason)
        strategy = "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}"
        cloud.apply(small, deployment(replicas=2, image="localhost/web:2", spec=strategy))
        assert cloud.complete(small).revision == 2
    finally:
        cloud.end(small)


def test_a_port_that_is_taken_is_refused_and_whose_it_is(cloud: Installation, project: Project) -> None:
    outer = "  type: NodePort"
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 31_555))
        taken.listen()
        text = service(more=outer).replace("targetPort: 8080", "targetPort: 8080, nodePort: 31555")
        answer = refused(cloud.engine.apply(project, text, "a"))
    assert answer.reason == "port 31555 is taken by a program of this machine"
    assert cloud.engine.get(project) == ()


def test_a_node_port_is_open_on_the_machine(cloud: Installation, project: Project) -> None:
    text = service(more="  type: NodePort").replace("targetPort: 8080", "targetPort: 8080, nodePort: 31556")
    cloud.apply(project, text + deployment(replicas=1))
    cloud.complete(project)
    until(lambda: requests.get("http://127.0.0.1:31556/", timeout=5).text == "one\n")


def test_a_disk_that_is_full_is_named_and_once_there_is_room_it_goes_on(cloud: Installation, project: Project) -> None:
    """The project's volumes on a disk of their own, of 4 MiB; then of 64."""
    place = cloud.places.volumes / project.order
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4M", "tmpfs", str(place)], check=True)
    try:
        cloud.apply(project, CLAIM + deployment(replicas=1, container=USED[0], pod=USED[1]))
        until(
            lambda: "FailedMount: the volume cannot be made: No space left on device" in cloud.rollout(project).reason
        )
        subprocess.run(["mount", "-o", "remount,size=64M", str(place)], check=True)
        cloud.complete(project)
    finally:
        cloud.end(project)
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_what_writes_too_much_into_its_own_layer_is_ended(cloud: Installation, project: Project) -> None:
    words = "test -e /tmp/full || dd if=/dev/zero of=/tmp/full bs=1M count=24; exec httpd -f -p 8080 -h /www"
    text = deployment(replicas=1, container=f'command: ["/bin/sh", "-c", "{words}"]')
    cloud.apply(project, text.replace("memory: 64Mi", "memory: 64Mi, ephemeral-storage: 16Mi"))

    def evicted() -> bool:
        events = cloud.engine.events(project)
        assert not isinstance(events, Refused)
        return any(one.reason == "Evicted" and "16777216 octets" in one.message for one in events)

    until(evicted, 60)
