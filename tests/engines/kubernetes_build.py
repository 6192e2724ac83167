"""A real Kubernetes control plane, built from Debian's source package and kept outside the repository.

Debian packages the client only. Its source of 1.20.2 has the servers too; they are compiled once with Debian's own Go
(ten to thirty minutes on two cores) and lie in the cache afterwards. Nothing is installed on the machine: packages are
fetched by an apt of its own folder and unpacked there.
"""

import os
import shutil
import subprocess
from pathlib import Path

VERSION = "1.20.2"
SOURCE = "kubernetes=1.20.5+really1.20.2-1.1+deb12u1"
PACKAGES = ("golang-1.19-go", "golang-1.19-src", "golang-github-modern-go-reflect2-dev", "etcd-server")
SERVERS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
MODULE = "k8s.io/kubernetes"
GENERATED = Path("pkg/generated/openapi/zz_generated.openapi.go")
LISTED = """Types: deb deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def folder() -> Path:
    """Where the servers lie once they are built."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "yunyue" / f"kubernetes-{VERSION}"


def servers() -> Path:
    """The folder with etcd and the three servers, built when they are not there."""
    made = folder()
    wanted = (*SERVERS, "etcd")
    if not all((made / name).exists() for name in wanted):
        Build(made / "build").run(made)
    return made


class Build:
    """One build in a folder of its own; a step that was done is not done again."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "root"
        self.source = place / "gopath" / "src" / MODULE
        self.log = place / "log"

    def run(self, target: Path) -> None:
        """All of it."""
        self.place.mkdir(parents=True, exist_ok=True)
        self.fetch()
        self.unpack()
        self.generate()
        for name in SERVERS:
            self.compile(f"{MODULE}/cmd/{name}", self.place / name)
            (self.place / name).rename(target / name)
        shutil.copy(self.root / "usr/bin/etcd", target / "etcd")

    def call(self, *command: str, within: Path | None = None, env: dict[str, str] | None = None) -> str:
        """One step, at low priority; what it says stands in the log."""
        words = ["nice", "-n", "12", *command]
        with self.log.open("a") as log:
            done = subprocess.run(
                words, cwd=within or self.place, env=env, stdout=subprocess.PIPE, stderr=log, text=True, check=False
            )
            log.write(done.stdout)
        if done.returncode != 0:
            last = "\n".join(self.log.read_text().splitlines()[-20:])
            raise RuntimeError(f"{command[0]} failed:\n{last}")
        return done.stdout

    def fetch(self) -> None:
        """Packages and source by apt, with lists of its own."""
        if list(self.place.glob("kubernetes_*.orig.tar.gz")):
            return
        apt = self.place / "apt"
        for name in ("lists/partial", "cache/archives/partial"):
            (apt / name).mkdir(parents=True, exist_ok=True)
        (apt / "status").touch()
        (apt / "bookworm.sources").write_text(LISTED)
        own = {
            "Dir::Etc::sourcelist": apt / "bookworm.sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": apt / "lists",
            "Dir::State::status": apt / "status",
            "Dir::Cache": apt / "cache",
            "APT::Sandbox::User": "root",
        }
        options = [word for name, value in own.items() for word in ("-o", f"{name}={value}")]
        self.call("apt-get", *options, "update")
        self.call("apt-get", *options, "download", *PACKAGES)
        self.call("apt-get", *options, "source", "--download-only", SOURCE)

    def unpack(self) -> None:
        """Go, etcd, and the source with Debian's patches; a library too old for this Go is replaced by Debian's."""
        for package in PACKAGES:
            self.call("dpkg-deb", "-x", str(next(self.place.glob(f"{package}_*.deb"))), str(self.root))
        if (self.source / "debian").exists():
            return
        self.source.mkdir(parents=True, exist_ok=True)
        self.call(
            "tar", "xzf", str(next(self.place.glob("*.orig.tar.gz"))), "--strip-components=1", "-C", str(self.source)
        )
        library = self.source / "vendor/github.com/modern-go/reflect2"
        for old in [*library.glob("*.go"), *library.glob("*.s")]:
            old.unlink()
        for new in (self.root / "usr/share/gocode/src/github.com/modern-go/reflect2").iterdir():
            if new.suffix in (".go", ".s"):
                shutil.copy(new, library)
        self.call("tar", "xJf", str(next(self.place.glob("*.debian.tar.xz"))), "-C", str(self.source))
        for patch in (self.source / "debian/patches/series").read_text().split():
            self.call("patch", "-p1", "-s", "-i", f"debian/patches/{patch}", within=self.source)

    def environment(self) -> dict[str, str]:
        """Go's, offline."""
        go = self.root / "usr/lib/go-1.19"
        return {
            **os.environ,
            "GOROOT": str(go),
            "PATH": f"{go / 'bin'}:{os.environ['PATH']}",
            "GOPATH": str(self.place / "gopath"),
            "GOCACHE": str(self.place / "gocache"),
            "HOME": str(self.place),
            "GO111MODULE": "off",
            "GOPROXY": "off",
            "GOFLAGS": "-trimpath",
            "CGO_ENABLED": "0",
        }

    def compile(self, package: str, target: Path) -> None:
        """One program."""
        version = f"gitVersion=v{VERSION}", "gitMajor=1", "gitMinor=20"
        places = (f"{MODULE}/vendor/k8s.io/{one}" for one in ("client-go/pkg/version", "component-base/version"))
        marks = " ".join(f"-X {place}.{one}" for place in places for one in version)
        command = ("go", "build", "-o", str(target), "-ldflags", f"-s -w {marks}", package)
        self.call(*command, within=self.source, env=self.environment())

    def generate(self) -> None:
        """The descriptions of the API, which the source leaves to be generated."""
        if (self.source / GENERATED).exists():
            return
        generator = self.place / "openapi-gen"
        self.compile(f"{MODULE}/vendor/k8s.io/kube-openapi/cmd/openapi-gen", generator)
        command = ("grep", "-Rl", "--include=*.go", "+k8s:openapi-gen=", "vendor/k8s.io", "pkg", "cmd", "plugin")
        found = self.call(*command, within=self.source).split()
        others = ("vendor/k8s.io/code-generator/", "vendor/k8s.io/sample-apiserver/", "vendor/k8s.io/kube-openapi/")
        described = {str(Path(one).parent) for one in found if not one.startswith(others) and "/testdata/" not in one}
        packages = ",".join(f"{MODULE}/{one}" for one in sorted(described))
        self.call(
            str(generator),
            *("--logtostderr", "-i", packages, "-p", f"{MODULE}/pkg/generated/openapi"),
            *("-O", "zz_generated.openapi", "-h", "hack/boilerplate/boilerplate.generatego.txt"),
            *("-r", str(self.place / "violations")),
            within=self.source,
            env=self.environment(),
        )
