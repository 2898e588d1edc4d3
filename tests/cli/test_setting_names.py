"""A setting whose name is spelled wrong is refused: a limit under another name would be no limit."""

import re
import sys
from pathlib import Path

import pytest

import oklik
from oklik.cli import main
from oklik.config import ConfigError, Settings, load_settings


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("OKLIK_MINUTE_DAY", "OKLIK_MINUTES_DAY"),
        ("oklik_money_dya", "OKLIK_MONEY_DAY"),
        ("OKLIK_DESTINATION", "OKLIK_DESTINATIONS"),
        ("OKLIK_SWITCH_PASWORD", "OKLIK_SWITCH_PASSWORD"),
    ],
)
def test_a_name_that_nothing_reads_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, wrong: str, right: str
) -> None:
    monkeypatch.setenv(wrong, "very-secret")
    with pytest.raises(ConfigError) as refused:
        load_settings()
    assert refused.value.name == wrong
    for language in ("ru", "en"):
        assert f"{right}?" in refused.value.expected[language]
    assert "very-secret" not in repr(refused.value.expected)


def test_a_command_says_so_and_does_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OKLIK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OKLIK_FOO", "1")
    monkeypatch.setattr(sys, "argv", ["oklik", "up"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "OKLIK_FOO" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "name",
    ["OKLIK_CREDENTIAL_CRM", "OKLIK_GATEWAY_PASSWORD", "OKLIK_TOKEN", "OKLIK_LIVE_SWITCH", "OKLIK_PORT_8020_TCP_ADDR"],
)
def test_what_is_read_elsewhere_is_let_be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    load_settings()


def test_every_setting_that_is_written_about_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """In docs, help and messages."""
    root = Path(oklik.__file__).parents[2]
    pages = [root / "README.md", *(root / "docs").glob("*.md"), *(root / "platform/oklik/messages").glob("*.py")]
    pages += (root / "platform/oklik/help_texts").glob("*.py")
    told = {name for page in pages for name in re.findall(r"\bOKLIK_[A-Z_]+[A-Z]\b", page.read_text("utf-8"))}
    told -= {"OKLIK_NO_AGENT", "OKLIK_STALE_EPOCH", "OKLIK_MINUTE_DAY"}  # said by a switch; the wrong one of an example
    assert len(told) > len(Settings.model_fields) / 2
    for name in told:
        if name not in {"OKLIK_TLS", "OKLIK_WEB"} and name.removeprefix("OKLIK_").lower() in Settings.model_fields:
            continue
        monkeypatch.setenv(name, "1")
        try:
            load_settings()
        except ConfigError as error:
            assert "no such setting" not in error.expected["en"], name
        monkeypatch.delenv(name)
