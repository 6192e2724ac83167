"""Where the cluster is and who we are there: a kubeconfig, named by the setting `kubeconfig`.

Its tokens and keys stay in the client: no message and no log line of this room repeats anything of the file but the
name of what is wrong in it.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import yaml
from lightkube.config.client_adapter import ConnectionParams
from lightkube.config.kubeconfig import KubeConfig, SingleConfig
from lightkube.core.exceptions import ConfigError

from yunyue.answer import Refused
from yunyue.host import settings

BROKEN: Final = (ConfigError, LookupError, ValueError, TypeError, AttributeError, OSError, yaml.YAMLError)
"""What reading a file that is no kubeconfig raises; the client checks little of it."""

UNCONFIGURED: Final = Refused("no Kubernetes cluster is configured", "engine", "C37")


@dataclass(frozen=True, slots=True)
class Reach:
    """A cluster's address, our identity there, and what TLS trusts. Shows nothing of it when printed."""

    server: str
    tls: ssl.SSLContext = field(repr=False)
    identity: httpx2.Auth | None = field(repr=False)


def kubeconfig(folder: Path) -> str:
    """The path an installation's settings name; empty when none. `folder`: …/services/containers/_engine."""
    home = folder.absolute().parent.parent.parent
    read = settings.of_home(home)
    return "" if isinstance(read, Refused) else read.kubeconfig


def reach_of(path: str) -> Reach | Refused:
    """Read a kubeconfig; its current context counts. Refused: there is none, or it is not one."""
    if not path:
        return UNCONFIGURED
    try:
        config = KubeConfig.from_file(path).get()
        if config is None:
            raise ConfigError("no context")
        return _reach(config)
    except (
        ConfigError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        AssertionError,
        yaml.YAMLError,
    ) as error:
        # The error's own words may repeat a line of the file, and with it a token.
        return Refused(f"the kubeconfig cannot be used: {type(error).__name__}", "kubeconfig", "C37")


def _reach(config: SingleConfig) -> Reach:
    if config.user is None:
        raise ConfigError("no user")
    wanted: dict[str, Any] = ConnectionParams(trust_env=False).httpx_params(config)
    return Reach(str(wanted["base_url"]).rstrip("/"), wanted["verify"], wanted["auth"])
