"""The rooms stand in their order, and the house's rules are there to be checked."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "yunyue"
BIN = Path(sys.executable).parent


def imported(path: Path) -> set[str]:
    """The top-level packages a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name.split(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.split(".")[0])
            case ast.ImportFrom(level=level) if level:
                found.add("yunyue")
    return found


def test_every_room_imports_only_rooms_below_it() -> None:
    done = subprocess.run([BIN / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_room_that_imports_upwards_is_found(tmp_path: Path) -> None:
    package = tmp_path / "yunyue"
    for room in ("doors", "services", "host", "store", "catalog", "sla", "settlement", "contract", "journal"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
    for room in ("workdays", "money"):
        (package / room).mkdir()
        (package / room / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "answer.py").write_text("")
    (package / "money" / "__init__.py").write_text("import yunyue.journal\n")
    command: list[str | Path] = [BIN / "lint-imports", "--config", str(ROOT / ".importlinter"), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "yunyue.money -> yunyue.journal" in done.stdout


def test_the_offline_verifier_needs_only_the_standard_library() -> None:
    assert imported(SOURCE / "verify.py") <= sys.stdlib_module_names


def test_the_launcher_needs_only_the_standard_library() -> None:
    assert imported(ROOT / "yunyue") <= sys.stdlib_module_names


def test_every_silenced_warning_carries_its_reason() -> None:
    silent = re.compile(r"#\s*(noqa|type:\s*ignore)(:?\s*[A-Z]+\d+|\[[a-z-]+\])?(,\s*[A-Z]+\d+)*\s*$")
    files = [path for folder in ("src", "tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    bare = [f"{path}:{number}" for path in files for number, line in enumerate(_lines(path), 1) if silent.search(line)]
    assert bare == []


def test_every_dependency_names_purpose_licence_and_size() -> None:
    listed = re.findall(r'^    "([a-z][^"]+)",?(.*)$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    requirements = [(name, comment) for name, comment in listed if re.search(r"[><=]", name)]
    assert len(requirements) > 20
    assert [name for name, comment in requirements if not re.search(r"# .+;.+;.+\d+(\.\d+)? MB", comment)] == []


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()
