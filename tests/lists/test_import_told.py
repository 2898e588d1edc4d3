"""What a run says after reading the list: remarks are not passed over in silence."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from oklik import launching

pytestmark = pytest.mark.integration


class FarEnough(Exception):
    """The list was read; what comes after is not asked here."""


@pytest.mark.parametrize(("language", "remarks"), [("ru", "замечаний 2"), ("en", "remarks 2")])
def test_the_number_of_remarks_is_told(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, remarks: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Телефон;Часовой пояс\n89120000001;МСК\n89120000002;где-то\n89120000003, 12345;МСК+2\nнет;МСК\n", "utf-8"
    )
    notes: list[str] = []

    def stop(*_: Any) -> None:
        raise FarEnough

    monkeypatch.setattr(launching, "_campaigns", lambda *_: [])
    monkeypatch.setattr(launching, "_trunk", lambda *_: SimpleNamespace(dial_string="user/{number}"))
    monkeypatch.setattr(launching, "_base_name", lambda *_: "список")
    monkeypatch.setattr(launching, "publish_scenario", stop)
    told = SimpleNamespace(at=lambda *_, **__: None, end=notes.append)
    options = SimpleNamespace(language=language, contacts=path, sheet=None, phone_column=None, named=None)
    given: dict[str, Any] = {
        "database": SimpleNamespace(engine=engine),
        "settings": SimpleNamespace(zone="Europe/Moscow"),
        "options": options,
        "inputs": SimpleNamespace(scenario=None, agent_groups={}),
        "display": SimpleNamespace(step=lambda *_: told),
    }
    with pytest.raises(FarEnough):
        launching.begin(**given, now=dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC))
    (note,) = notes
    assert note.endswith(remarks)
    assert "3" in note
