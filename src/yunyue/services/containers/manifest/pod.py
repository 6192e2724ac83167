"""The accepted part of a pod: one container, its probes, its mounts and what it may use."""

import msgspec

from yunyue.services.containers.manifest.shape import Shape

IntOrName = int | str


class Metadata(Shape, frozen=True):
    """Name and labels of an object. `namespace`, when given, is the project's name."""

    name: str
    namespace: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    annotations: dict[str, str] = msgspec.field(default_factory=dict)


class TemplateMetadata(Shape, frozen=True):
    """Labels of the replicas that a template makes."""

    name: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    annotations: dict[str, str] = msgspec.field(default_factory=dict)


class HttpHeader(Shape, frozen=True):
    """A header a probe sends."""

    name: str
    value: str


class HttpGet(Shape, frozen=True):
    """A probe by HTTP: any status from 200 to 399 is a success."""

    port: IntOrName
    path: str = "/"
    scheme: str = "HTTP"
    http_headers: tuple[HttpHeader, ...] = ()


class TcpSocket(Shape, frozen=True):
    """A probe by connection."""

    port: IntOrName


class Exec(Shape, frozen=True):
    """A command in the container."""

    command: tuple[str, ...]


class Probe(Shape, frozen=True):
    """How to ask a container whether it lives, or is ready; seconds, and how many answers in a row count."""

    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    exec: Exec | None = None
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3


class KeyRef(Shape, frozen=True):
    """A key of a ConfigMap or a Secret."""

    name: str
    key: str
    optional: bool = False


class FieldRef(Shape, frozen=True):
    """metadata.name, metadata.namespace or status.podIP of the replica itself."""

    field_path: str
    api_version: str = "v1"


class EnvSource(Shape, frozen=True):
    """Where a variable's value comes from."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: FieldRef | None = None


class Env(Shape, frozen=True):
    """One variable."""

    name: str
    value: str = ""
    value_from: EnvSource | None = None


class NameRef(Shape, frozen=True):
    """The name of a ConfigMap or a Secret."""

    name: str
    optional: bool = False


class EnvFrom(Shape, frozen=True):
    """All keys of a ConfigMap or a Secret as variables."""

    prefix: str = ""
    config_map_ref: NameRef | None = None
    secret_ref: NameRef | None = None


class ContainerPort(Shape, frozen=True):
    """A port the program listens on."""

    container_port: int
    name: str = ""
    protocol: str = "TCP"


class Resources(Shape, frozen=True):
    """Quantities by resource: cpu, memory, ephemeral-storage."""

    limits: dict[str, str | int | float] = msgspec.field(default_factory=dict)
    requests: dict[str, str | int | float] = msgspec.field(default_factory=dict)


class VolumeMount(Shape, frozen=True):
    """Where a volume appears."""

    name: str
    mount_path: str
    read_only: bool = False
    sub_path: str = ""


class Capabilities(Shape, frozen=True):
    """Kernel rights beyond none."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class SeccompProfile(Shape, frozen=True):
    """Only RuntimeDefault is allowed, and is the default."""

    type: str


class SecurityContext(Shape, frozen=True):
    """What a container may do."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    read_only_root_filesystem: bool = False
    allow_privilege_escalation: bool = False
    privileged: bool = False
    capabilities: Capabilities = Capabilities()
    seccomp_profile: SeccompProfile | None = None


class PodSecurityContext(Shape, frozen=True):
    """The same for all of a pod; `fs_group` owns its volumes."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    fs_group: int | None = None
    seccomp_profile: SeccompProfile | None = None


class Sleep(Shape, frozen=True):
    """Wait."""

    seconds: int


class Handler(Shape, frozen=True):
    """What is done before a container is stopped."""

    exec: Exec | None = None
    sleep: Sleep | None = None


class Lifecycle(Shape, frozen=True):
    """Hooks of a container's life."""

    pre_stop: Handler | None = None


class Container(Shape, frozen=True):
    """One container."""

    name: str
    image: str
    image_pull_policy: str = "IfNotPresent"
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    working_dir: str = ""
    env: tuple[Env, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: Resources = Resources()
    volume_mounts: tuple[VolumeMount, ...] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    security_context: SecurityContext = SecurityContext()


class KeyToPath(Shape, frozen=True):
    """A key and the file it becomes."""

    key: str
    path: str
    mode: int | None = None


class ConfigMapSource(Shape, frozen=True):
    """Files from a ConfigMap."""

    name: str
    items: tuple[KeyToPath, ...] = ()
    default_mode: int = 0o644
    optional: bool = False


class SecretSource(Shape, frozen=True):
    """Files from a Secret; they lie in memory only."""

    secret_name: str
    items: tuple[KeyToPath, ...] = ()
    default_mode: int = 0o440
    optional: bool = False


class EmptyDir(Shape, frozen=True):
    """A folder in memory that lives as long as the replica."""

    size_limit: str | int = "64Mi"
    medium: str = ""


class ClaimSource(Shape, frozen=True):
    """A volume that outlives the replica."""

    claim_name: str
    read_only: bool = False


class Volume(Shape, frozen=True):
    """One volume of a pod; exactly one source."""

    name: str
    config_map: ConfigMapSource | None = None
    secret: SecretSource | None = None
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: ClaimSource | None = None


class PodSpec(Shape, frozen=True):
    """What runs."""

    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...] = ()
    restart_policy: str = "Always"
    termination_grace_period_seconds: int = 30
    automount_service_account_token: bool = False
    enable_service_links: bool = False
    security_context: PodSecurityContext = PodSecurityContext()

    @property
    def container(self) -> Container:
        """The one container."""
        return self.containers[0]


class Template(Shape, frozen=True):
    """What each replica is made from."""

    spec: PodSpec
    metadata: TemplateMetadata = TemplateMetadata()
