"""What the operator of a probe point writes into its file: where the platform is, who it is, what it may reach."""

import ssl
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.target import Target, parse_target


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`platform`: its URL. `folder`: where the point keeps its queue. `token_file`, or `certificate` and `key` (PEM),
    say who the point is; `ca`: whom it trusts, empty: the system. `private_targets`: whether it may probe addresses
    that are not public, which is for the owner of the network it stands in to say.

    `metrics_s`: seconds between two looks at the machine itself, 0 for none; `scrape`: OpenMetrics URLs on it.
    """

    platform: Annotated[str, msgspec.Meta(min_length=8, max_length=2_048)]
    contract: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    folder: str
    token_file: str = ""
    certificate: str = ""
    key: str = ""
    ca: str = ""
    private_targets: bool = False
    metrics_s: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 15
    scrape: tuple[str, ...] = ()
    most_held: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1_000_000

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field."""
        target = parse_target("https" if self.platform.startswith("https:") else "http", self.platform)
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate: goes with key")
        if not self.token_file and not self.certificate:
            raise ValueError("token_file: a point needs a token or a certificate")
        if target.scheme == "http" and self.certificate:
            raise ValueError("platform: a certificate is shown over https only")
        for url in self.scrape:
            parse_target("https" if url.startswith("https:") else "http", url)

    def target(self, path: str) -> Target:
        """A path of the platform's door for probe points."""
        url = f"{self.platform.rstrip('/')}/monitor/v1/{self.contract}/{path}"
        return parse_target(url.partition(":")[0], url)

    @property
    def token(self) -> str:
        """Read anew each time, so that a new one needs no new start. Raises OSError."""
        return Path(self.token_file).read_text().strip() if self.token_file else ""

    def tls(self) -> ssl.SSLContext | None:
        """How the platform is spoken to; None without encryption. Raises OSError, ssl.SSLError."""
        if not self.platform.startswith("https:"):
            return None
        context = ssl.create_default_context(cafile=self.ca or None)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return context


def load(path: Path) -> Config | Refused:
    """The file of a probe point, or a refusal that names field and rule."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Config)
    except OSError as error:
        return Refused(f"{path}: {error.strerror}", "config")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        return Refused(f"{path}: {error}", "config")
