"""Settings come from the environment and a file; whatever is wrong is refused by name."""

from pathlib import Path

import pytest

from yunyue.answer import Refused
from yunyue.host.settings import TYPES, Settings, environment, read


def good(settings: Settings | Refused) -> Settings:
    assert isinstance(settings, Settings), settings
    return settings


def refused(settings: Settings | Refused) -> Refused:
    assert isinstance(settings, Refused), settings
    return settings


def written(home: Path, text: str) -> dict[str, str]:
    (home / "yunyue.toml").write_text(text, "utf-8")
    return {"YUNYUE_HOME": str(home)}


def test_nothing_set_gives_the_defaults_and_a_home_beside_where_one_stands() -> None:
    settings = good(read({"PATH": "/bin"}))
    assert settings == Settings(home=Path("var").absolute())
    assert settings.address == "http://127.0.0.1:8000"


def test_a_variable_sets_what_it_names(tmp_path: Path) -> None:
    settings = good(read({"YUNYUE_HOME": str(tmp_path), "YUNYUE_PORT": "9000", "YUNYUE_NO_ENGINES": "true"}))
    assert (settings.home, settings.port, settings.no_engines) == (tmp_path, 9000, True)


def test_the_file_in_the_home_folder_sets_and_a_variable_wins(tmp_path: Path) -> None:
    surroundings = written(tmp_path, 'port = 9000\nlog_format = "json"\n')
    settings = good(read({**surroundings, "YUNYUE_PORT": "9001"}))
    assert (settings.port, settings.log_format) == (9001, "json")


def test_hosts_are_a_list_in_the_file_and_separated_by_commas_in_a_variable(tmp_path: Path) -> None:
    from_file = good(read(written(tmp_path, 'allowed_hosts = ["a.example", "b.example"]\n')))
    from_variable = good(read({"YUNYUE_ALLOWED_HOSTS": "a.example, b.example"}))
    assert from_file.allowed_hosts == from_variable.allowed_hosts == ("a.example", "b.example")


def test_cookies_are_secure_once_the_public_address_is_https() -> None:
    assert not good(read({})).secure
    settings = good(read({"YUNYUE_PUBLIC_URL": "https://cloud.example"}))
    assert settings.secure
    assert settings.address == "https://cloud.example"


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("YUNYUE_PORT", "eighty", "int"),
        ("YUNYUE_PORT", "70000", "65535"),
        ("YUNYUE_PORT", "-1", ">= 0"),
        ("YUNYUE_PORT", "", "int"),
        ("YUNYUE_DATABASE", "mysql://x", "postgresql"),
        ("YUNYUE_LOG_FORMAT", "xml", "Invalid enum value 'xml'"),
        ("YUNYUE_DEBUG", "maybe", "bool"),
        ("YUNYUE_PUBLIC_URL", "ftp://x", "https?"),
        ("YUNYUE_PUBLIC_URL", "https://x/path", "https?"),
        ("YUNYUE_ORIGIN", "two words", "regex"),
        ("YUNYUE_ALLOWED_HOSTS", "http://x", "regex"),
    ],
)
def test_a_malformed_value_is_refused_with_the_setting_and_the_rule(name: str, text: str, rule: str) -> None:
    answer = refused(read({name: text}))
    assert answer.field == name
    assert rule in answer.reason


@pytest.mark.parametrize(("text", "where"), [("colour = 1\n", "colour"), ('port = "9000x"\n', "port")])
def test_a_wrong_key_of_the_file_is_refused_by_name(tmp_path: Path, text: str, where: str) -> None:
    assert refused(read(written(tmp_path, text))).field == f"yunyue.toml: {where}"


def test_a_number_of_the_file_is_not_taken_for_a_switch(tmp_path: Path) -> None:
    assert "bool" in refused(read(written(tmp_path, "debug = 1\n"))).reason


def test_an_unknown_variable_is_refused_with_the_ones_there_are() -> None:
    answer = refused(read({"YUNYUE_PROT": "9000"}))
    assert answer.field == "YUNYUE_PROT"
    assert "port" in answer.reason


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    answer = refused(read(written(tmp_path, "port = \n")))
    assert answer.field == str(tmp_path / "yunyue.toml")
    assert "line 1" in answer.reason


def test_the_file_cannot_move_the_folder_it_lies_in(tmp_path: Path) -> None:
    assert refused(read(written(tmp_path, 'home = "/elsewhere"\n'))).field == "yunyue.toml: home"


def test_an_environment_made_of_settings_gives_them_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, port=1, debug=True, allowed_hosts=("a", "b"), log_format="json")
    assert read(environment(settings)) == settings


def test_every_setting_has_a_variable(tmp_path: Path) -> None:
    assert set(environment(Settings(home=tmp_path))) == {f"YUNYUE_{name.upper()}" for name in TYPES}
