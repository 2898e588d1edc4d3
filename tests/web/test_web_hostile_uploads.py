"""Hostile files sent to every address that takes one: refused in words, soon, in little memory, and nothing is kept."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from oklik.campaigns.tokens import Scope
from oklik.jobs.app import apply_schema
from support import hostile
from web.conftest import Api
from web.filled import CSV, tone

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files themselves, once."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "made").mkdir()
    for files in (hostile.LISTS, hostile.SOUNDS, hostile.TEXTS):
        for name, make in files.items():
            (folder / "made" / name).write_bytes(make())
    return folder


def sent(made: Path, url: str, token: str, temporary: Path) -> dict[str, Any]:
    """What became of each."""
    temporary.mkdir()
    paths = os.pathsep.join(one for one in sys.path if one)
    done = subprocess.run(
        [sys.executable, "-m", "support.hostile", url, token, str(made)],
        input=json.dumps({kind: sorted(files) for kind, files in hostile.KINDS.items()}),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(temporary), "OPENBLAS_NUM_THREADS": "1"},
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.heavy
def test_each_is_refused_in_words_soon_and_cheaply(  # noqa: PLR0917
    made: Path, engine: Engine, database_url: str, token_for: Callable[..., str], tmp_path: Path, world: Any
) -> None:
    apply_schema(database_url)
    told = sent(made, database_url, token_for("crm", *Scope), tmp_path / "temporary")
    assert len(told) == sum(map(len, hostile.KINDS.values()))
    wrong = {
        name: (status, russian, round(seconds, 1), peak >> 10)
        for name, (status, russian, english, seconds, peak) in told.items()
        if status not in {413, 422}
        or not re.search("[а-яё]{3}", russian)
        or re.search(r"Traceback|/tmp/|Error:|\(\w+ \w+", russian + english)
        or seconds >= 5
        or peak >= 300 << 10
    }
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
    assert list((tmp_path / "temporary").rglob("*")) == [], "left on the disk"
    assert [one for one in made.rglob("*") if one.is_file() and one.parent.name != "made"] == []
    with engine.connect() as conn:
        for table in ("list_upload_part", "suppression", "prompt"):
            assert conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


NAMES = [
    "../../../../tmp/oklik-hit",
    "/etc/cron.d/oklik",
    "C:\\..\\x.csv",
    "a\0b.csv",
    "n" * 4000 + ".csv",
    "\u202evsc.x",
    "",
]


@pytest.mark.parametrize("name", NAMES, ids=[repr(one[:12]) for one in NAMES])
def test_a_files_name_never_becomes_a_path(  # noqa: PLR0917
    api: Api, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: Any, name: str
) -> None:
    """What is opened while it is taken in: nothing by that name, and nothing but in folders for the time being."""
    apply_schema(database_url)
    opened: list[str] = []
    real = Path.open

    def watched(path: Path, *args: Any, **more: Any) -> Any:
        opened.append(str(path))
        return real(path, *args, **more)

    monkeypatch.setattr(Path, "open", watched)
    for place, data, more in (
        ("/list-imports", CSV.encode(), {}),
        ("/stop-list/import", CSV.encode(), {}),
        ("/prompts/upload", tone(), {"key": "greeting", "language": "ru"}),
    ):
        quoted = name.replace("\\", "\\\\").encode()
        fields = {**{key: (None, value.encode()) for key, value in more.items()}, "file": (quoted, data)}
        body = b"".join(
            b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
            % (key.encode(), b'; filename="%s"' % called if called is not None else b"", content)
            for key, (called, content) in fields.items()
        )
        headers = api.headers({"Content-Type": "multipart/form-data; boundary=edge"})
        answer = api.client.post(f"/api/v1{place}", data=body + b"--edge--\r\n", headers=headers)
        assert answer.status_code in {200, 413, 422}, (place, answer.json)
        told = answer.get_data(as_text=True)
        assert "\\u202e" not in told and "\u202e" not in told and "../" not in told and "n" * 200 not in told
    assert not [one for one in opened if "hit" in one or "cron" in one or "\0" in one or "nnnn" in one]
    assert not Path("/tmp/oklik-hit").exists()
