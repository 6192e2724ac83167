"""Where contracts lie on disk: the folder a person names, or one that came with the program."""

from collections.abc import Mapping
from pathlib import Path

from yunyue.answer import Refused
from yunyue.contract import FILES, Problem, Terms, read
from yunyue.contract.loader import LONGEST

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = (_PACKAGE / "contracts", _PACKAGE.parent.parent / "contracts")
"""In a wheel they lie inside the package, in a checkout beside src."""


def shipped() -> Mapping[str, Path]:
    """The contracts that came with the program, by name ("beijing-2024")."""
    folders = (folder for home in _SHIPPED if home.is_dir() for folder in sorted(home.iterdir()))
    return {folder.name: folder for folder in folders if (folder / "terms.toml").is_file()}


def find(name: str) -> Path | Refused:
    """The folder of a contract: a shipped one by its name, any other by its path or the path of a file in it."""
    known = shipped()
    if name in known:
        return known[name]
    path = Path(name)
    folder = path.parent if path.is_file() else path
    if folder.is_dir():
        return folder
    return Refused(f"{name} is no folder, and no contract that came along ({', '.join(known) or 'none did'})", "name")


def load_folder(folder: Path) -> Mapping[str, str] | Refused:
    """The texts of a contract's files by file name, without other files; a missing one is left to `read` to report.

    Refuses a file that cannot be read, is not UTF-8, or is far larger than any contract.
    """
    texts: dict[str, str] = {}
    for name in FILES:
        text = _text(folder / name)
        if isinstance(text, Refused):
            return text
        if text is not None:
            texts[name] = text
    return texts


def open_contract(name: str) -> Terms | tuple[Problem, ...] | Refused:
    """The terms of the contract of that name or path, or what is wrong with its files."""
    folder = find(name)
    if isinstance(folder, Refused):
        return folder
    texts = load_folder(folder)
    return texts if isinstance(texts, Refused) else read(texts)


def _text(path: Path) -> str | Refused | None:
    try:
        with path.open("rb") as file:
            raw = file.read(4 * LONGEST + 1)
        return (
            raw.decode("utf-8-sig") if len(raw) <= 4 * LONGEST else Refused(f"more than {4 * LONGEST} bytes", path.name)
        )
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as refused:
        line = raw.count(b"\n", 0, refused.start) + 1
        return Refused(f"line {line} is not UTF-8 text; save the file as UTF-8", path.name)
    except OSError as refused:
        return Refused(f"cannot be read: {refused.strerror}", path.name)
