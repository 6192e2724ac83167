"""yunyue containers: projects, their objects, replicas and images, from a terminal on the machine."""

from yunyue.doors.cli.command import SpokenGroup
from yunyue.doors.cli.containers_images import image_rules, images, sbom, sign
from yunyue.doors.cli.containers_keeping import (
    base_image,
    convert,
    members_group,
    projects,
    token_group,
)
from yunyue.doors.cli.containers_objects import apply, delete, diff, events, get, replicas, restart, scale, top
from yunyue.doors.cli.containers_rollout import rollout_group
from yunyue.doors.cli.containers_streams import execute, forward, logs
from yunyue.settlement.statement import Said

group = SpokenGroup(
    "containers", said=Said("容器：应用清单、查看、日志、发布", "Containers: apply, look, logs, rollouts")
)
for command in (
    *(apply, diff, get, replicas, delete, scale, restart, events, top, rollout_group),
    *(logs, execute, forward, projects, members_group, token_group, images, sbom, sign),
    *(image_rules, base_image, convert),
):
    group.add_command(command)
