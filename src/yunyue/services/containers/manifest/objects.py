"""The accepted kinds, closed: what each of them may say here."""

from typing import ClassVar

import msgspec

from yunyue.services.containers.manifest.pod import IntOrName, Metadata, Template, TemplateMetadata
from yunyue.services.containers.manifest.shape import Shape


class Selector(Shape, frozen=True):
    """Labels that must be as given."""

    match_labels: dict[str, str] = msgspec.field(default_factory=dict)


class RollingUpdate(Shape, frozen=True):
    """How many replicas may be too many and too few meanwhile; a number or a percentage."""

    max_surge: IntOrName = "25%"
    max_unavailable: IntOrName = "25%"


class Strategy(Shape, frozen=True):
    """RollingUpdate, or Recreate: all old ones end before the first new one begins."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdate = RollingUpdate()


class DeploymentSpec(Shape, frozen=True):
    """Replicas that are all alike."""

    selector: Selector
    template: Template
    replicas: int = 1
    strategy: Strategy = Strategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    progress_deadline_seconds: int = 600


class Object(Shape, frozen=True):
    """What every object has."""

    api: ClassVar[str] = ""
    api_version: str
    kind: str
    metadata: Metadata

    @property
    def name(self) -> str:
        """Its name, unique within project and kind."""
        return self.metadata.name


class Deployment(Object, frozen=True):
    """Replicas kept running, and replaced without interruption."""

    api: ClassVar[str] = "apps/v1"
    spec: DeploymentSpec


class ClaimResources(Shape, frozen=True):
    """How much a volume holds."""

    requests: dict[str, str | int] = msgspec.field(default_factory=dict)


class ClaimSpec(Shape, frozen=True):
    """A volume asked for."""

    access_modes: tuple[str, ...]
    resources: ClaimResources
    storage_class_name: str = ""


class PersistentVolumeClaim(Object, frozen=True):
    """A volume that stays until it is deleted."""

    api: ClassVar[str] = "v1"
    spec: ClaimSpec


class ClaimTemplate(Shape, frozen=True):
    """A volume for each replica of a StatefulSet."""

    metadata: TemplateMetadata
    spec: ClaimSpec
    api_version: str = "v1"
    kind: str = "PersistentVolumeClaim"


class StatefulStrategy(Shape, frozen=True):
    """One replica after the other, the highest first."""

    type: str = "RollingUpdate"


class StatefulSetSpec(Shape, frozen=True):
    """Replicas with a name and volumes of their own."""

    selector: Selector
    template: Template
    service_name: str = ""
    replicas: int = 1
    volume_claim_templates: tuple[ClaimTemplate, ...] = ()
    update_strategy: StatefulStrategy = StatefulStrategy()
    pod_management_policy: str = "OrderedReady"
    revision_history_limit: int = 10


class StatefulSet(Object, frozen=True):
    """Replicas that are not alike: db-0, db-1, started in order."""

    api: ClassVar[str] = "apps/v1"
    spec: StatefulSetSpec


class JobSpec(Shape, frozen=True):
    """Work that ends."""

    template: Template
    completions: int = 1
    parallelism: int = 1
    backoff_limit: int = 6
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None


class Job(Object, frozen=True):
    """Work that is done once."""

    api: ClassVar[str] = "batch/v1"
    spec: JobSpec


class JobTemplate(Shape, frozen=True):
    """The job a CronJob makes each time."""

    spec: JobSpec
    metadata: TemplateMetadata = TemplateMetadata()


class CronJobSpec(Shape, frozen=True):
    """Five fields of cron; times of the day in Beijing unless `time_zone` says otherwise."""

    schedule: str
    job_template: JobTemplate
    time_zone: str = "Asia/Shanghai"
    concurrency_policy: str = "Allow"
    suspend: bool = False
    starting_deadline_seconds: int = 60
    successful_jobs_history_limit: int = 3
    failed_jobs_history_limit: int = 1


class CronJob(Object, frozen=True):
    """Work that is done again and again."""

    api: ClassVar[str] = "batch/v1"
    spec: CronJobSpec


class ServicePort(Shape, frozen=True):
    """A port of a Service. HTTP when `app_protocol` or `name` begins with http, or the port is 80 or 8080; else TCP."""

    port: int
    name: str = ""
    target_port: IntOrName | None = None
    protocol: str = "TCP"
    app_protocol: str = ""
    node_port: int | None = None

    @property
    def http(self) -> bool:
        """Whether requests are balanced one by one, and not connections."""
        said = self.app_protocol or self.name
        return said.lower().startswith("http") if said else self.port in (80, 8080)


class ServiceSpec(Shape, frozen=True):
    """A name for ready replicas. ClusterIP: within the project; NodePort: from outside too, at the platform's port."""

    ports: tuple[ServicePort, ...] = ()
    selector: dict[str, str] = msgspec.field(default_factory=dict)
    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(default="", name="clusterIP")


class Service(Object, frozen=True):
    """A balanced name."""

    api: ClassVar[str] = "v1"
    spec: ServiceSpec


class ConfigMap(Object, frozen=True):
    """Settings in the open."""

    api: ClassVar[str] = "v1"
    data: dict[str, str] = msgspec.field(default_factory=dict)
    binary_data: dict[str, str] = msgspec.field(default_factory=dict)
    immutable: bool = False


class Secret(Object, frozen=True):
    """Settings nobody is shown. `data` is Base64."""

    api: ClassVar[str] = "v1"
    data: dict[str, str] = msgspec.field(default_factory=dict)
    string_data: dict[str, str] = msgspec.field(default_factory=dict)
    type: str = "Opaque"
    immutable: bool = False


class ScaleTarget(Shape, frozen=True):
    """What is scaled."""

    name: str
    kind: str
    api_version: str = "apps/v1"


class MetricTarget(Shape, frozen=True):
    """Percent of the limit the replicas use on average."""

    type: str
    average_utilization: int


class ResourceMetric(Shape, frozen=True):
    """Only cpu."""

    name: str
    target: MetricTarget


class Metric(Shape, frozen=True):
    """What the scaling follows."""

    type: str
    resource: ResourceMetric


class AutoscalerSpec(Shape, frozen=True):
    """Between how many replicas, and by what."""

    scale_target_ref: ScaleTarget
    max_replicas: int
    metrics: tuple[Metric, ...]
    min_replicas: int = 1


class HorizontalPodAutoscaler(Object, frozen=True):
    """As many replicas as the load asks for."""

    api: ClassVar[str] = "autoscaling/v2"
    spec: AutoscalerSpec


class PolicyPort(Shape, frozen=True):
    """A port traffic may come in at."""

    port: int
    protocol: str = "TCP"


class PolicyPeer(Shape, frozen=True):
    """Replicas of the same project, by their labels."""

    pod_selector: Selector


class PolicyIngress(Shape, frozen=True):
    """Who may come in, where. Nobody named: everyone in the project."""

    from_: tuple[PolicyPeer, ...] = msgspec.field(default=(), name="from")
    ports: tuple[PolicyPort, ...] = ()


class NetworkPolicySpec(Shape, frozen=True):
    """Which replicas are guarded, and what may come in to them."""

    pod_selector: Selector
    ingress: tuple[PolicyIngress, ...] = ()
    policy_types: tuple[str, ...] = ("Ingress",)


class NetworkPolicy(Object, frozen=True):
    """A guard within the project; between projects nothing passes anyway."""

    api: ClassVar[str] = "networking.k8s.io/v1"
    spec: NetworkPolicySpec


class BackendPort(Shape, frozen=True):
    """A Service's port, by number or name."""

    number: int = 0
    name: str = ""


class BackendService(Shape, frozen=True):
    """A Service."""

    name: str
    port: BackendPort


class Backend(Shape, frozen=True):
    """Where requests go."""

    service: BackendService


class Path(Shape, frozen=True):
    """A path and where its requests go."""

    backend: Backend
    path: str = "/"
    path_type: str = "Prefix"


class HttpRule(Shape, frozen=True):
    """The paths of a host."""

    paths: tuple[Path, ...]


class Rule(Shape, frozen=True):
    """A host's rule; without a host, every host's."""

    http: HttpRule
    host: str = ""


class Tls(Shape, frozen=True):
    """Hosts, and the Secret (kubernetes.io/tls) with their certificate."""

    secret_name: str
    hosts: tuple[str, ...] = ()


class IngressSpec(Shape, frozen=True):
    """Hosts and paths reached from outside."""

    rules: tuple[Rule, ...] = ()
    tls: tuple[Tls, ...] = ()
    default_backend: Backend | None = None
    ingress_class_name: str = ""


class Ingress(Object, frozen=True):
    """The door from outside, by host and path, with TLS."""

    api: ClassVar[str] = "networking.k8s.io/v1"
    spec: IngressSpec


Workload = Deployment | StatefulSet
"""What keeps replicas running."""

KINDS: dict[str, type[Object]] = {
    kind.__name__: kind
    for kind in (
        ConfigMap,
        Secret,
        PersistentVolumeClaim,
        Service,
        Deployment,
        StatefulSet,
        Job,
        CronJob,
        HorizontalPodAutoscaler,
        NetworkPolicy,
        Ingress,
    )
}
"""Every accepted kind, in the order in which they are applied."""
