"""Installations to give commands to: none, one with the signed contract, one where the client paid late."""

import shutil
from pathlib import Path

import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal


@pytest.fixture
def empty(tmp_path: Path) -> Terminal:
    """A terminal where nothing is installed."""
    return Terminal(tmp_path / "home")


@pytest.fixture(scope="session")
def signed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the contract is loaded and signed; made once, copied for each test."""
    terminal = Terminal(tmp_path_factory.mktemp("signed") / "home")
    terminal.ok("contract", "load", CONTRACT)
    for party in ("client", "provider"):
        fields = (f"party={party}", "signed=2024-04-11", "sealed=2024-04-11")
        terminal.fact("contract.signed", "2024-04-11", *fields, identifier=f"signed-{party}")
    return terminal.home


@pytest.fixture
def terminal(signed_home: Path, tmp_path: Path) -> Terminal:
    """A terminal on an installation with the signed contract."""
    shutil.copytree(signed_home, tmp_path / "home")
    return Terminal(tmp_path / "home")


@pytest.fixture
def paid_late(terminal: Terminal) -> Terminal:
    """The first instalment, due 2024-05-24, was paid ten days late."""
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")
    money = ("instalment=1", "amount=958397.20", f"document={DOCUMENT}")
    terminal.fact("invoice.received", "2024-05-13", *money, identifier="invoice-1")
    terminal.fact("payment.made", "2024-06-03", *money, identifier="payment-1")
    return terminal


@pytest.fixture
def contract_folder(tmp_path: Path, empty: Terminal) -> Path:
    """A contract made from the template."""
    folder = tmp_path / "contract"
    empty.ok("contract", "new", str(folder))
    return folder
