"""What a schema cannot say: fields that must agree with each other, and values this platform does not offer."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest import objects
from yunyue.services.containers.manifest.cron import Schedule, read_schedule
from yunyue.services.containers.manifest.pod import HttpGet, PodSpec, Probe, Template, Volume
from yunyue.services.containers.manifest.quantity import amount

Finding = tuple[str, str]
"""The path of a field, and what is wrong with it."""

FIELDS: Final = ("metadata.name", "metadata.namespace", "status.podIP")
MOST_REPLICAS: Final = 200
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A DNS label (RFC 1123), as Kubernetes asks of volumes, containers and ports. Some become folders of this machine."""

KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")
"""A key of a ConfigMap or Secret. It becomes a file."""

HOST: Final = re.compile(
    r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header (RFC 9110, 5.6.2)."""


def check(found: objects.Object) -> Refused | None:
    """None when all is well with an object; else the first thing that is not."""
    rules: tuple[tuple[type[objects.Object], Callable[..., Iterator[Finding]]], ...] = (
        (objects.Deployment, _deployment),
        (objects.StatefulSet, _stateful_set),
        (objects.Job, _job),
        (objects.CronJob, _cron_job),
        (objects.Service, _service),
        (objects.ConfigMap, _config_map),
        (objects.Secret, _secret),
        (objects.PersistentVolumeClaim, _claim),
        (objects.HorizontalPodAutoscaler, _autoscaler),
        (objects.NetworkPolicy, _network_policy),
        (objects.Ingress, _ingress),
    )
    finder = next(rule for kind, rule in rules if isinstance(found, kind))
    for path, reason in finder(found):
        return Refused(reason, path, "C37")
    return None


def _deployment(one: objects.Deployment) -> Iterator[Finding]:
    yield from _replicas(one.spec.replicas)
    yield from _selects(one.spec.selector, one.spec.template)
    if one.spec.strategy.type == "RollingUpdate":
        update = one.spec.strategy.rolling_update
        counts = [share(update.max_surge, 100, up=True), share(update.max_unavailable, 100, up=False)]
        if None in counts:
            yield "spec.strategy.rollingUpdate", "expected a number or a percentage such as 25%"
        elif counts == [0, 0]:
            yield "spec.strategy.rollingUpdate", "maxSurge and maxUnavailable cannot both be 0"
    elif one.spec.strategy.type != "Recreate":
        yield "spec.strategy.type", "expected RollingUpdate or Recreate"
    yield from _pod(one.spec.template.spec, "spec.template.spec", ("Always",))


def share(wanted: int | str, of: int, *, up: bool) -> int | None:
    """A number, or a percentage of a number rounded up or down; None when it is neither."""
    if isinstance(wanted, int):
        return wanted if wanted >= 0 else None
    digits = wanted.removesuffix("%")
    if not wanted.endswith("%") or not digits.isdecimal() or len(digits) > 4:
        return None
    return -(-int(digits) * of // 100) if up else int(digits) * of // 100


def _stateful_set(one: objects.StatefulSet) -> Iterator[Finding]:
    yield from _replicas(one.spec.replicas)
    yield from _selects(one.spec.selector, one.spec.template)
    if one.spec.pod_management_policy not in ("OrderedReady", "Parallel"):
        yield "spec.podManagementPolicy", "expected OrderedReady or Parallel"
    if one.spec.update_strategy.type not in ("RollingUpdate", "OnDelete"):
        yield "spec.updateStrategy.type", "expected RollingUpdate or OnDelete"
    names = []
    for index, template in enumerate(one.spec.volume_claim_templates):
        yield from _label(template.metadata.name, f"spec.volumeClaimTemplates[{index}].metadata.name")
        names.append(template.metadata.name)
        yield from _claim_spec(template.spec, f"spec.volumeClaimTemplates[{index}].spec")
    yield from _pod(one.spec.template.spec, "spec.template.spec", ("Always",), tuple(names))


def _replicas(count: int) -> Iterator[Finding]:
    if not 0 <= count <= MOST_REPLICAS:
        yield "spec.replicas", f"expected 0 to {MOST_REPLICAS}"


def _selects(selector: objects.Selector, template: Template) -> Iterator[Finding]:
    if not selector.match_labels:
        yield "spec.selector.matchLabels", "expected at least one label"
    for key, value in selector.match_labels.items():
        if template.metadata.labels.get(key) != value:
            yield f"spec.selector.matchLabels.{key}", "the template's labels must have this label too"


def _job(one: objects.Job) -> Iterator[Finding]:
    yield from _job_spec(one.spec, "spec")


def _job_spec(spec: objects.JobSpec, path: str) -> Iterator[Finding]:
    for name, value in (("completions", spec.completions), ("parallelism", spec.parallelism)):
        if not 1 <= value <= MOST_REPLICAS:
            yield f"{path}.{name}", f"expected 1 to {MOST_REPLICAS}"
    yield from _pod(spec.template.spec, f"{path}.template.spec", ("Never", "OnFailure"))


def _cron_job(one: objects.CronJob) -> Iterator[Finding]:
    if not isinstance(read_schedule(one.spec.schedule, one.spec.time_zone), Schedule):
        yield "spec.schedule", "expected five fields of cron, such as */5 * * * *, in a known time zone"
    if one.spec.concurrency_policy not in ("Allow", "Forbid", "Replace"):
        yield "spec.concurrencyPolicy", "expected Allow, Forbid or Replace"
    yield from _job_spec(one.spec.job_template.spec, "spec.jobTemplate.spec")


def _service(one: objects.Service) -> Iterator[Finding]:
    headless = one.spec.cluster_ip == "None"
    if one.spec.type not in ("ClusterIP", "NodePort"):
        yield "spec.type", "expected ClusterIP or NodePort; from outside by name: Ingress"
    if one.spec.cluster_ip and not headless:
        yield "spec.clusterIP", "the platform gives the address; only None may be asked for"
    if not one.spec.selector:
        yield "spec.selector", "expected at least one label"
    if not one.spec.ports and not headless:
        yield "spec.ports", "expected at least one port"
    names = [port.name for port in one.spec.ports]
    numbers = [port.port for port in one.spec.ports]
    outer = [port.node_port for port in one.spec.ports if port.node_port]
    for index, port in enumerate(one.spec.ports):
        path = f"spec.ports[{index}]"
        if port.protocol != "TCP":
            yield f"{path}.protocol", "only TCP is balanced"
        if not 1 <= port.port <= 65535:
            yield f"{path}.port", "expected 1 to 65535"
        if len(names) > 1 and (not port.name or names.count(port.name) > 1):
            yield f"{path}.name", "each of several ports needs a name of its own"
        if numbers.count(port.port) > 1:
            yield f"{path}.port", "each of several ports has a number of its own"
        if port.node_port is not None and outer.count(port.node_port) > 1:
            yield f"{path}.nodePort", "each of several ports has a number of its own"
        if port.node_port is not None and (one.spec.type != "NodePort" or not 1 <= port.node_port <= 65535):
            yield f"{path}.nodePort", "expected 1 to 65535, and type NodePort"


def _config_map(one: objects.ConfigMap) -> Iterator[Finding]:
    yield from _keys(one.data, "data")
    yield from _keys(one.binary_data, "binaryData")
    yield from _base64(one.binary_data, "binaryData")
    yield from _size([*one.data.values(), *one.binary_data.values()], "data")


def _secret(one: objects.Secret) -> Iterator[Finding]:
    yield from _keys(one.data, "data")
    yield from _keys(one.string_data, "stringData")
    yield from _base64(one.data, "data")
    yield from _size([*one.data.values(), *one.string_data.values()], "data")


def _keys(values: dict[str, str], path: str) -> Iterator[Finding]:
    for key in values:
        if not KEY.fullmatch(key) or key == "." or key.startswith(".."):
            reason = "a key has 1 to 253 letters, digits, dots, hyphens and underlines, and does not begin with .."
            yield f"{path}.{key}", reason


def _label(name: str, path: str) -> Iterator[Finding]:
    if not LABEL.fullmatch(name):
        yield path, "a name has 1 to 63 small letters, digits and hyphens, no hyphen at either end"


def _base64(values: dict[str, str], path: str) -> Iterator[Finding]:
    for key, value in values.items():
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            yield f"{path}.{key}", "expected Base64"


def _size(values: list[str], path: str) -> Iterator[Finding]:
    if sum(len(value) for value in values) > 1 << 20:
        yield path, "holds at most 1 MiB"


def _claim(one: objects.PersistentVolumeClaim) -> Iterator[Finding]:
    yield from _claim_spec(one.spec, "spec")


def _claim_spec(spec: objects.ClaimSpec, path: str) -> Iterator[Finding]:
    if set(spec.access_modes) - {"ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"}:
        yield f"{path}.accessModes", "expected ReadWriteOnce, ReadWriteMany or ReadOnlyMany"
    if "storage" not in spec.resources.requests:
        yield f"{path}.resources.requests.storage", "a required field is missing: storage"
    for name, value in spec.resources.requests.items():
        found = amount(value, "")
        if isinstance(found, Refused):
            yield f"{path}.resources.requests.{name}", found.reason


def _autoscaler(one: objects.HorizontalPodAutoscaler) -> Iterator[Finding]:
    if one.spec.scale_target_ref.kind != "Deployment":
        yield "spec.scaleTargetRef.kind", "expected Deployment"
    if not 1 <= one.spec.min_replicas <= one.spec.max_replicas <= MOST_REPLICAS:
        yield "spec.maxReplicas", f"expected minReplicas to {MOST_REPLICAS}"
    for index, metric in enumerate(one.spec.metrics):
        if metric.type != "Resource" or metric.resource.name != "cpu" or metric.resource.target.type != "Utilization":
            yield f"spec.metrics[{index}]", "only the utilization of cpu is followed"
        if not 1 <= metric.resource.target.average_utilization <= 100:
            yield f"spec.metrics[{index}].resource.target.averageUtilization", "expected 1 to 100"
    if len(one.spec.metrics) != 1:
        yield "spec.metrics", "expected exactly one metric"


def _network_policy(one: objects.NetworkPolicy) -> Iterator[Finding]:
    if one.spec.policy_types != ("Ingress",):
        yield "spec.policyTypes", "expected Ingress alone; the project's order says whether it reaches out"


def _ingress(one: objects.Ingress) -> Iterator[Finding]:
    if not one.spec.rules and one.spec.default_backend is None:
        yield "spec.rules", "expected at least one rule"
    for index, rule in enumerate(one.spec.rules):
        if "*" in rule.host:
            yield f"spec.rules[{index}].host", "a host's name has no wildcard here"
        elif rule.host and (len(rule.host) > 253 or not HOST.fullmatch(rule.host)):
            yield f"spec.rules[{index}].host", "expected the name of a host, such as www.example.cn"
        for number, path in enumerate(rule.http.paths):
            where = f"spec.rules[{index}].http.paths[{number}]"
            if path.path_type not in ("Prefix", "Exact"):
                yield f"{where}.pathType", "expected Prefix or Exact"
            if not path.path.startswith("/") or any(
                c.isspace() or not c.isprintable() or c in "\"'\\#" for c in path.path
            ):
                yield f"{where}.path", "a path begins with / and has no spaces or quotes"


def _pod(spec: PodSpec, path: str, restarts: tuple[str, ...], claimed: tuple[str, ...] = ()) -> Iterator[Finding]:
    if len(spec.containers) != 1:
        yield f"{path}.containers[1]", "one container per replica is accepted"
        return
    if spec.restart_policy not in restarts:
        yield f"{path}.restartPolicy", f"expected {' or '.join(restarts)}"
    if not 0 <= spec.termination_grace_period_seconds <= 600:
        yield f"{path}.terminationGracePeriodSeconds", "expected 0 to 600"
    yield from _volumes(spec, path, claimed)
    container, where = spec.container, f"{path}.containers[0]"
    yield from _label(container.name, f"{where}.name")
    for index, many in enumerate(container.env_from):
        if "=" in many.prefix or "\0" in many.prefix:
            yield f"{where}.envFrom[{index}].prefix", "a variable's name has no = and no null character"
    for index, env in enumerate(container.env):
        source = env.value_from
        if source and source.field_ref and source.field_ref.field_path not in FIELDS:
            yield f"{where}.env[{index}].valueFrom.fieldRef.fieldPath", f"expected {' or '.join(FIELDS)}"
        if not env.name or "=" in env.name or "\0" in env.name + env.value:
            yield f"{where}.env[{index}].name", "a variable's name has no = and no null character"
    if container.image_pull_policy not in ("IfNotPresent", "Always", "Never"):
        yield f"{where}.imagePullPolicy", "expected IfNotPresent, Always or Never"
    for name in ("startup_probe", "liveness_probe", "readiness_probe"):
        probe: Probe | None = getattr(container, name)
        if probe is not None:
            yield from _probe(probe, spec, f"{where}.{name.replace('_probe', 'Probe')}")


def _volumes(spec: PodSpec, path: str, claimed: tuple[str, ...]) -> Iterator[Finding]:
    names = {*claimed}
    for index, volume in enumerate(spec.volumes):
        names.add(volume.name)
        yield from _label(volume.name, f"{path}.volumes[{index}].name")
        yield from _paths(volume, f"{path}.volumes[{index}]")
        if len(_sources(volume)) != 1:
            yield f"{path}.volumes[{index}]", "expected one of configMap, secret, emptyDir, persistentVolumeClaim"
        elif volume.empty_dir is not None and isinstance(amount(volume.empty_dir.size_limit, ""), Refused):
            yield f"{path}.volumes[{index}].emptyDir.sizeLimit", "expected a quantity such as 64Mi"
    ours = {one.name for one in spec.volumes if one.config_map is not None or one.secret is not None}
    for index, mount in enumerate(spec.container.volume_mounts):
        where = f"{path}.containers[0].volumeMounts[{index}]"
        if mount.name not in names:
            yield f"{where}.name", f"there is no volume {mount.name!r}"
        if not mount.mount_path.startswith("/") or ".." in mount.mount_path.split("/") or ":" in mount.mount_path:
            yield f"{where}.mountPath", "expected an absolute path without .. and without a colon"
        if mount.sub_path.startswith("/") or ".." in mount.sub_path.split("/"):
            yield f"{where}.subPath", "expected a relative path without .."
        if mount.sub_path and mount.name not in ours:
            # A tenant could lay a link in a volume that leads out of it, and have us mount what it leads to.
            yield f"{where}.subPath", "only a file of a ConfigMap or Secret is mounted alone"


def _paths(volume: Volume, path: str) -> Iterator[Finding]:
    """The files that keys become."""
    for name, source in (("configMap", volume.config_map), ("secret", volume.secret)):
        for index, item in enumerate(source.items if source is not None else ()):
            if not relative(item.path):
                yield f"{path}.{name}.items[{index}].path", "expected a relative path without .."


def relative(path: str) -> bool:
    """Whether a path leads to a file below a folder, wherever the folder is."""
    return bool(path) and "\0" not in path and not set(path.split("/")) & {"", ".", ".."}


def _sources(volume: Volume) -> list[object]:
    every = (volume.config_map, volume.secret, volume.empty_dir, volume.persistent_volume_claim)
    return [one for one in every if one is not None]


def _probe(probe: Probe, spec: PodSpec, path: str) -> Iterator[Finding]:
    ways = [one for one in (probe.http_get, probe.tcp_socket, probe.exec) if one is not None]
    if len(ways) != 1:
        yield path, "expected one of httpGet, tcpSocket, exec"
    for way in (probe.http_get, probe.tcp_socket):
        if way is not None and port_number(way.port, spec) is None:
            yield f"{path}.port", f"the container has no port {way.port!r}"
    if probe.http_get is not None:
        yield from _http(probe.http_get, f"{path}.httpGet")
    if probe.period_seconds < 1 or probe.timeout_seconds < 1 or probe.failure_threshold < 1:
        yield path, "periodSeconds, timeoutSeconds and failureThreshold are at least 1"


def _http(way: HttpGet, path: str) -> Iterator[Finding]:
    if way.scheme not in ("HTTP", "HTTPS"):
        yield f"{path}.scheme", "expected HTTP or HTTPS"
    if not way.path.isprintable() or " " in way.path:
        yield f"{path}.path", "a path has no spaces and no control characters"
    for index, header in enumerate(way.http_headers):
        if not TOKEN.fullmatch(header.name) or not header.value.isprintable():
            yield f"{path}.httpHeaders[{index}]", "a header has a name of letters and hyphens, and a value of one line"


def port_number(port: int | str, spec: PodSpec) -> int | None:
    """The number of a port given by number or by name."""
    if isinstance(port, int):
        return port if 1 <= port <= 65535 else None
    return next((one.container_port for one in spec.container.ports if one.name == port), None)
