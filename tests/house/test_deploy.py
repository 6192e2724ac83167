"""What stands in deploy/: the chart as helm renders it, the Compose file as we read it, the image's recipe."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import click
import kubernetes_validate  # type: ignore[import-untyped] # the package brings no types
import pytest
import yaml
from helm import CHART, helm

from yunyue.answer import Refused
from yunyue.doors.cli.main import cli
from yunyue.host.settings import Settings, read
from yunyue.services.containers.manifest.compose import is_compose, manifest_of
from yunyue.services.transcode.crew import ALIVE

ROOT = CHART.parents[2]
GIVEN = ("--set", "database.secret=journal", "--set", "objects.address=s3://films/a?region=b")
ALL = (
    *("--set", "ingress.enabled=true,ingress.host=films.example.cn,ingress.tlsSecret=tls,ingress.className=nginx"),
    *("--set", "objects.secret=bucket,transcode.keys[0].contract=c1,transcode.keys[0].secret=keys"),
    *("--set-string", "web.settings.YUNYUE_IDLE_MINUTES=20", "--set", "web.publicUrl=https://films.example.cn"),
    *("--set", "web.transcodeOrigins[0]=https://agency.example.cn,web.allowedHosts[0]=films.example.cn"),
    *("--set", "transcode.nodeSelector.films=reels,web.storage.className=fast"),
)
KINDS = ["Deployment", "Deployment", "NetworkPolicy", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget"]


@cache
def rendered(*more: str) -> tuple[dict[str, Any], ...]:
    done = helm("template", "films", str(CHART), "--namespace", "films", *GIVEN, *more)
    assert done.returncode == 0, done.stderr
    return tuple(one for one in yaml.safe_load_all(done.stdout) if one)


def one(kind: str, name: str, *more: str) -> dict[str, Any]:
    (found,) = [each for each in rendered(*more) if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def pod(part: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = one("Deployment", f"films-yunyue-{part}", *more)["spec"]["template"]["spec"]
    return found


def environment(container: dict[str, Any]) -> dict[str, str]:
    """With secrets as a cluster would put them in."""
    secrets = {"dsn": "postgresql://somebody@db/yunyue"}
    return {
        each["name"]: each.get("value", secrets.get(each.get("valueFrom", {}).get("secretKeyRef", {}).get("key"), "x"))
        for each in container["env"]
    }


def command_exists(words: list[str]) -> bool:
    """Whether the command line knows these words, options too."""
    known: click.Command | None = cli
    while isinstance(known, click.Group) and words:
        known, words = known.get_command(click.Context(known), words[0]), words[1:]
    if known is None or isinstance(known, click.Group):
        return False
    options = {name for one in known.params for name in one.opts}
    return all(word in options for word in words if word.startswith("-"))


def test_helm_finds_nothing_against_the_chart() -> None:
    done = helm("lint", "--strict", str(CHART), *GIVEN, *ALL)
    assert done.returncode == 0, done.stdout
    assert "0 chart(s) failed" in done.stdout


@pytest.mark.parametrize("more", [(), ALL], ids=["least", "all"])
@pytest.mark.parametrize("version", ["1.25", "1.31", "1.37"])
def test_every_object_fits_the_schemas_of_kubernetes(more: tuple[str, ...], version: str) -> None:
    for each in rendered(*more):
        kubernetes_validate.validate(each, version, strict=True)


def test_what_is_optional_comes_only_when_asked_for() -> None:
    assert sorted(each["kind"] for each in rendered()) == [*KINDS, "Service", "ServiceAccount"]
    assert "Ingress" in [each["kind"] for each in rendered(*ALL)]
    single = rendered("--set", "transcode.workers=1,networkPolicy.enabled=false")
    assert not {"PodDisruptionBudget", "NetworkPolicy"} & {each["kind"] for each in single}


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_value_sets_the_number_of_workers_and_leaves_one_server(number: int) -> None:
    more = ("--set", f"transcode.workers={number}")
    assert one("Deployment", "films-yunyue-transcode", *more)["spec"]["replicas"] == number
    web = one("Deployment", "films-yunyue-web", *more)["spec"]
    assert (web["replicas"], web["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("part", ["web", "transcode"])
@pytest.mark.parametrize("more", [(), ALL], ids=["least", "all"])
def test_every_setting_a_pod_is_given_is_one_we_read(part: str, more: tuple[str, ...]) -> None:
    (container,) = pod(part, *more)["containers"]
    found = read({name: value for name, value in environment(container).items() if name.startswith("YUNYUE_")})
    assert isinstance(found, Settings), found
    assert found.objects == "s3://films/a?region=b"
    assert str(found.home) == "/data"
    if part == "web":
        assert found.transcode_workers == 0
        assert "localhost" in found.allowed_hosts
        assert found.transcode_origins == (("https://agency.example.cn",) if more else ())


@pytest.mark.parametrize("part", ["web", "transcode"])
def test_every_pod_runs_a_command_we_have(part: str) -> None:
    (container,) = pod(part)["containers"]
    assert command_exists(container["args"]), container["args"]
    assert not command_exists(["transcode", "work", "--nonsense"])
    assert not command_exists(["transcode", "nonsense"])


@pytest.mark.parametrize("part", ["web", "transcode"])
def test_no_pod_is_root_or_writes_outside_its_volumes_or_reaches_the_cluster(part: str) -> None:
    found = pod(part, *ALL)
    assert found["securityContext"]["runAsNonRoot"]
    assert found["securityContext"]["runAsUser"] > 0
    assert not found["automountServiceAccountToken"]
    for container in (*found["containers"], *found.get("initContainers", ())):
        rules = container["securityContext"]
        assert rules["readOnlyRootFilesystem"]
        assert not rules["allowPrivilegeEscalation"]
        assert rules["capabilities"] == {"drop": ["ALL"]}


def test_only_pods_that_transcode_may_make_namespaces() -> None:
    assert pod("web")["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod("transcode")["securityContext"]["seccompProfile"] == {"type": "Unconfined"}
    both = ("--set", "web.transcodeWorkers=2")
    assert pod("web", *both)["securityContext"]["seccompProfile"] == {"type": "Unconfined"}


def test_the_database_and_the_keys_of_the_bucket_come_from_secrets_alone() -> None:
    for part in ("web", "transcode"):
        (container,) = pod(part, *ALL)["containers"]
        secret = {each["name"]: each.get("valueFrom") for each in container["env"]}
        for name in ("YUNYUE_DATABASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            assert secret[name] is not None
            assert "secretKeyRef" in secret[name]


def test_the_server_is_probed_where_it_answers() -> None:
    (container,) = pod("web")["containers"]
    paths = {container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"/livez", "/readyz"}
    code = (ROOT / "src/yunyue/doors/data/app.py").read_text("utf-8")
    assert all(f'"{path}"' in code for path in paths)


def test_workers_are_probed_by_the_file_they_touch(tmp_path: Path) -> None:
    (container,) = pod("transcode")["containers"]
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert f"/data/{ALIVE}" in " ".join(container[name]["exec"]["command"])


def test_policies_and_budgets_select_the_pods_they_speak_of() -> None:
    labels = {part: one("Deployment", f"films-yunyue-{part}") for part in ("web", "transcode")}
    for each in rendered():
        if each["kind"] in ("NetworkPolicy", "PodDisruptionBudget"):
            part = each["metadata"]["name"].rpartition("-")[2]
            wanted = (each["spec"].get("podSelector") or each["spec"]["selector"])["matchLabels"]
            assert wanted.items() <= labels[part]["spec"]["template"]["metadata"]["labels"].items()
    assert one("NetworkPolicy", "films-yunyue-transcode")["spec"]["ingress"] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("transcode.workers=-1", "workers"),
        ("transcode.workers=two", "workers"),
        ("transcode.wrokers=3", "wrokers"),
        ("objects.address=folder", "address"),
        ("database.secret=", "secret"),
        ("ingress.enabled=true", "host"),
        ("web.settings.HOME=x", "HOME"),
        ("transcode.keys[0].contract=../x", "contract"),
    ],
)
def test_values_that_make_no_sense_are_refused_by_name(wrong: str, said: str) -> None:
    done = helm("template", "films", str(CHART), *GIVEN, "--set", wrong)
    assert done.returncode != 0
    assert said in done.stderr


def test_the_compose_file_is_read_but_for_what_kubernetes_writes_elsewhere() -> None:
    text = (ROOT / "deploy/compose.yaml").read_text("utf-8")
    assert is_compose(text)
    refused = manifest_of(text)
    assert isinstance(refused, Refused)
    assert refused.field == "services.web.tmpfs"
    elsewhere = ("tmpfs:", "security_opt:")
    found = manifest_of("\n".join(line for line in text.splitlines() if not line.strip().startswith(elsewhere)))
    assert isinstance(found, str), found
    made = list(yaml.safe_load_all(found))
    for each in made:
        kubernetes_validate.validate(each, "1.31", strict=True)
    replicas = {each["metadata"]["name"]: each["spec"]["replicas"] for each in made if each["kind"] == "Deployment"}
    assert replicas == {"web": 1, "transcode": 2, "postgres": 1, "objects": 1}


@pytest.mark.parametrize("part", ["web", "transcode"])
def test_the_compose_file_gives_settings_and_commands_we_have(part: str) -> None:
    service = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"][part]
    filled = {name: re.sub(r"\$\{\w+:[-?]([^}]*)\}", "x", value) for name, value in service["environment"].items()}
    filled.pop("YUNYUE_PUBLIC_URL", "")
    found = read({name: value for name, value in filled.items() if name.startswith("YUNYUE_")})
    assert isinstance(found, Settings), found
    assert command_exists(service["command"])


def test_the_image_copies_what_there_is_and_belongs_to_nobody() -> None:
    recipe = (ROOT / "deploy/Containerfile").read_text("utf-8")
    for words in re.findall(r"^COPY (.+)$", recipe, re.MULTILINE):
        assert all((ROOT / name).exists() for name in words.split()[:-1]), words
    assert re.search(r"^USER 10001:10001$", recipe, re.MULTILINE)
    assert 'yunyue = "yunyue.doors.cli.main:main"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert re.findall(r"uv==([\d.]+)", recipe) == re.findall(r'^UV = "(.+)"$', (ROOT / "yunyue").read_text(), re.M)
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert values["image"]["tag"] == yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["appVersion"]
