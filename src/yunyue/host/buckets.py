"""Object stores by one setting: a folder, or any S3. What is published there is whole and created once."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from yunyue.answer import Refused

if TYPE_CHECKING:
    # The library's shapes of settings exist for type checkers only.
    from obstore.store import ClientConfig, S3Config

FOLDER: Final = "folder"
KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
KNOWN: Final = frozenset({"endpoint", "region"})


def bucket(setting: str) -> ObjectStore | Refused | None:
    """The store a setting names; None for "folder", where everything stays under the home folder.

    Refused: keys that are missing, a parameter nobody knows, an endpoint that is no address, a folder not to be made.
    """
    if setting == FOLDER:
        return None
    if setting.startswith("/"):
        return _folder(Path(setting))
    address = urlsplit(setting)
    asked = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
    if unknown := sorted(asked.keys() - KNOWN):
        return Refused(f"a bucket has endpoint and region, and no {unknown[0]}", "objects")
    if missing := [name for name in KEYS if not os.environ.get(name)]:
        return Refused(f"the bucket's keys are missing; set {' and '.join(missing)}", "objects")
    return _s3(address.netloc, address.path.strip("/"), asked)


def _s3(name: str, prefix: str, asked: dict[str, str]) -> ObjectStore | Refused:
    endpoint = asked.get("endpoint", "")
    if endpoint and not endpoint.startswith(("https://", "http://")):
        return Refused(f"the endpoint {endpoint!r} begins with neither https:// nor http://", "objects")
    where: S3Config = {"region": asked.get("region", "us-east-1")}
    if endpoint:
        where["endpoint"] = endpoint
    options: ClientConfig = {"allow_http": endpoint.startswith("http://"), "timeout": "60s"}
    try:
        return S3Store(name, config=where, prefix=prefix or None, client_options=options)
    except BaseError as problem:
        return Refused(f"the bucket cannot be used: {str(problem).splitlines()[0]}", "objects")


def _folder(path: Path) -> ObjectStore | Refused:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        return Refused(f"the folder {path} cannot be made: {problem.strerror}", "objects")
    return LocalStore(prefix=path)
