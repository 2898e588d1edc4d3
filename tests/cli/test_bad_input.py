"""Bad input of `oklik run`: one clear line that names the place, exit code 2, and nothing left behind.

The commands of the table run two at a time, while the tests look at their ends one by one; each is a process of its
own, forked from one that has loaded the code, for loading takes longer than all the rest.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from oklik.config import Settings
from oklik.failures import BadInput
from oklik.inputs import agent_groups
from oklik.options import RunOptions, SwitchAddress
from oklik.scenario_commands import read_scenario
from oklik.telephony.port import SwitchRefused
from oklik.wiring import reach
from support.command import SCENARIO, Desk, Ended, Ledger, Workshop, begin, command, end, environment, processes
from support.patience import until

pytestmark = pytest.mark.integration

PEOPLE = "Имя;Телефон\nИван;+79161234567\n"
PASSWORD = "the-right-password-of-a-switch"


@dataclass(frozen=True)
class Case:
    """arguments: after the files; files: written before; says: parts of the line; settings: environment."""

    name: str
    says: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    scenario: str = "scenario.yaml"
    contacts: str = "people.csv"
    report: str = "report.xlsx"
    settings: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[Path], object] | None = None


def changed(old: str, new: str) -> dict[str, str]:
    assert old in SCENARIO
    return {"scenario.yaml": SCENARIO.replace(old, new)}


PRIVATE = SCENARIO.replace("type: text}", "type: text}\n  debt: {title: Долг, type: money, private: true}").replace(
    "text: Вы довольны?", "text: Ваш долг {{ debt | money('RUB') }}. Вы довольны?"
)
TRANSFER = SCENARIO.replace("end: bye, no_input: bye}", "end: people, no_input: bye}").replace(
    "  bye:\n",
    "  people:\n    kind: transfer\n    group: sales\n    exits: {talked: bye, no_agent: bye, failed: bye}\n  bye:\n",
)
ASKING = SCENARIO.replace("end: bye, no_input: bye}", "end: ask, no_input: bye}").replace(
    "  bye:\n",
    "  ask:\n    kind: request\n    url: https://crm.example.com/\n    credential: crm\n"
    "    exits: {ok: bye, failed: bye}\n  bye:\n",
)
HOOKED = SCENARIO.replace("end: bye, no_input: bye}", "end: ask, no_input: bye}").replace(
    "  bye:\n", "  ask:\n    kind: hook\n    hook: scoring.offer\n    exits: {done: bye, failed: bye}\n  bye:\n"
)
SWITCH = ("--switch", "esl://:secret-of-mine@127.0.0.1:{closed}")
VOICE = "voices: [{{kind: espeak, name: mute, program: {program}, languages: {{{language}: ru}}}}]"

CASES = [
    Case("no scenario", ("nowhere.yaml", "такого файла нет"), scenario="nowhere.yaml"),
    Case("no list", ("nowhere.xlsx", "такого файла нет"), contacts="nowhere.xlsx"),
    Case("no population", ("--population", "p.yaml", "такого файла нет"), ("--population", "p.yaml")),
    Case("no voices", ("--voices", "v.yaml", "такого файла нет"), ("--voices", "v.yaml")),
    Case("no plan", ("--retry-plan", "r.yaml", "такого файла нет"), ("--retry-plan", "r.yaml")),
    Case(
        "wrong plan",
        ("r.yaml:2: waits.busy.most: нужно не больше 50",),
        ("--retry-plan", "r.yaml"),
        files={"r.yaml": "waits:\n  busy: {after: [1h], most: 99}\n"},
    ),
    Case("plan and none", ("--retry-plan и --no-retry",), ("--retry-plan", "r.yaml", "--no-retry")),
    Case("folder as scenario", ("folder", "это папка"), scenario="folder", prepare=lambda at: (at / "folder").mkdir()),
    Case("folder as list", ("folder", "это папка"), contacts="folder", prepare=lambda at: (at / "folder").mkdir()),
    Case("folder as population", ("--population", "это папка"), ("--population", ".")),
    Case("broken YAML", ("scenario.yaml:11", "YAML"), files=changed("nodes:\n", "nodes: [\n")),
    Case("unknown kind", ("scenario.yaml", "question", "sing"), files=changed("kind: menu", "kind: sing")),
    Case("private unguarded", ("scenario.yaml", "шаг question", "debt"), files={"scenario.yaml": PRIVATE}),
    Case("unknown column", ("scenario.yaml", "шаг bye", "city"), files=changed("Спасибо.", "Спасибо, {{ city }}.")),
    Case("no phones", ("people.csv",), files={"people.csv": "Имя;Город\nИван;Омск\nПётр;Тула\n"}),
    Case("missing column", ("people.csv", "«Имя»", "Телефон", "Город"),
         files={"people.csv": "Город;Телефон\nОмск;+79161234567\n"}),
    Case("empty list", ("people.csv", "звонить некому"), files={"people.csv": "Имя;Телефон\n"}),
    Case("empty file", ("people.csv",), files={"people.csv": ""}),
    Case("all rows bad", ("people.csv", "звонить некому", "отклонено 2", "строка 2"),
         files={"people.csv": "Имя;Телефон\nИван;12\nПётр;нет\n"}),
    Case("sheet that is not there", ("people.csv",), ("--sheet", "Лист9")),
    Case("phone column that is not there", ("people.csv", "Факс"), ("--phone-column", "Факс")),
    Case("report without folder", ("--report", "нет папки"), report="nowhere/report.xlsx"),
    Case("report no xlsx", ("--report", "report.csv", ".xlsx"), report="report.csv"),
    Case("report a folder", ("--report", "это папка"), report="r.xlsx", prepare=lambda at: (at / "r.xlsx").mkdir()),
    Case("window nonsense", ("--window", "утром"), ("--window", "утром")),
    Case("window backwards", ("--window", "18:00-09:00"), ("--window", "18:00-09:00")),
    Case("window against the law", ("--window", "21:30–23:00", "09:00–21:00"), ("--window", "21:30-23:00")),
    Case("window in which no mobile may be called", ("people.csv", "--window", "--zone"), ("--window", "15:00-19:00")),
    Case("machines nonsense", ("--machines", "listen_s", "leave-message"), ("--machines", "note,listen_s=long")),
    Case("zone nonsense", ("--zone", "там", "МСК+2"), ("--zone", "там")),
    Case("dial string without number", ("--dial-string",), ("--dial-string", "sofia/gateway/pstn/100")),
    Case("dial string with variables", ("--dial-string",), ("--dial-string", "{{x=1}}sofia/g/{{number}}")),
    Case("dial string of two legs", ("--dial-string",), ("--dial-string", "sofia/g/{{number}},user/1")),
    Case("caller id", ("--caller-id", "Иван"), ("--caller-id", "Иван")),
    Case("agents without group", ("--agents", "user/1"), ("--agents", "user/1")),
    Case("agents without agents", ("--agents", "sales="), ("--agents", "sales=")),
    Case("agents with evil text", ("--agents", "sales", "{{x}}user/1"), ("--agents", "sales={{x}}user/1")),
    Case("agents twice", ("--agents", "sales"), ("--agents", "sales=user/1", "--agents", "sales=user/2")),
    Case("agents of another group", ("scenario.yaml", "группы «sale»", "есть: sales"), ("--agents", "sale=user/1"),
         files={"scenario.yaml": TRANSFER}),
    Case("agents for nobody", ("scenario.yaml", "группы «sales»", "никого"), ("--agents", "sales=user/1")),
    Case("report onto the list", ("--report people.csv", "people.csv"), report="people.csv"),
    Case("report onto a link to the list", ("--report r.xlsx", "people.csv"), report="r.xlsx",
         prepare=lambda at: (at / "r.xlsx").symlink_to("people.csv")),
    Case("report onto the scenario", ("--report r.xlsx", "scenario.yaml"), report="r.xlsx",
         prepare=lambda at: (at / "r.xlsx").hardlink_to(at / "scenario.yaml")),
    Case("report onto somebody's file", ("--report r.xlsx", "не отчёт Оклика"), report="r.xlsx",
         prepare=lambda at: (at / "r.xlsx").write_text("all I have")),
    Case("language", ("--language", "de"), ("--language", "de")),
    Case("speed on a real switch", ("--speed", "виртуального"), (*SWITCH, "--speed", "2")),
    Case("seed on a real switch", ("--seed",), (*SWITCH, "--seed", "2")),
    Case("population on a real switch", ("--population",), (*SWITCH, "--population", "people.csv")),
    Case("switch malformed", ("--switch", "esl://"), ("--switch", "127.0.0.1:8021")),
    Case("switch port", ("--switch", "порт"), ("--switch", "esl://:secret-of-mine@127.0.0.1:99999")),
    Case("switch without password", ("--switch", "OKLIK_SWITCH_PASSWORD"), ("--switch", "esl://127.0.0.1:{closed}")),
    Case("ClueCon", ("--switch", "заводской"), ("--switch", "esl://:ClueCon@127.0.0.1:{closed}")),
    Case("no switch there", ("--switch", "127.0.0.1:{closed}", "не отвечает"), SWITCH),
    Case("switch refuses", ("--switch", "127.0.0.1:{switch}", "не принял пароль"),
         ("--switch", "esl://:secret-of-mine@127.0.0.1:{switch}")),
    Case("population nonsense", ("p.yaml", "outcomes"), ("--population", "p.yaml"),
         files={"p.yaml": "outcomes: {answer: many}\n"}),
    Case("voice not installed", ("mute", "no-such-program"), ("--voices", "v.yaml"),
         files={"v.yaml": VOICE.format(program="no-such-program", language="ru")}),
    Case("voice of another language", ("mute", "ru"), ("--voices", "v.yaml"),
         files={"v.yaml": VOICE.format(program="espeak-ng", language="en")}),
    Case("voices nonsense", ("v.yaml", "kind"), ("--voices", "v.yaml"), files={"v.yaml": "voices: [{name: x}]\n"}),
    Case("OKLIK_LANGUAGE", ("OKLIK_LANGUAGE",), settings={"OKLIK_LANGUAGE": "de"}),
    Case("OKLIK_NODE", ("OKLIK_NODE",), settings={"OKLIK_NODE": "Node 1"}),
    Case("OKLIK_ZONE", ("OKLIK_ZONE", "Europe/Moscow"), settings={"OKLIK_ZONE": "Mars/Base"}),
    Case("OKLIK_VOICES", ("OKLIK_VOICES", "nowhere"), settings={"OKLIK_VOICES": "nowhere.yaml"}),
    Case("OKLIK_DICTIONARY", ("nowhere",), settings={"OKLIK_DICTIONARY": "nowhere.yaml"}),
    Case("OKLIK_RECORDINGS", ("OKLIK_RECORDINGS", "nowhere"), settings={"OKLIK_RECORDINGS": "nowhere"}),
    Case("OKLIK_REQUEST_HOSTS", ("OKLIK_REQUEST_HOSTS", "crm.example.com"),
         settings={"OKLIK_REQUEST_HOSTS": "secret-of-mine@crm"}),
    Case("nothing that a scenario asks for",
         ("scenario.yaml", "шаг ask", "https://crm.example.com:443", "OKLIK_REQUEST_HOSTS", "OKLIK_CREDENTIAL_CRM"),
         files={"scenario.yaml": ASKING}),
    Case("no credential", ("scenario.yaml: шаг ask: не задан доступ OKLIK_CREDENTIAL_CRM",),
         files={"scenario.yaml": ASKING}, settings={"OKLIK_REQUEST_HOSTS": "crm.example.com"}),
    Case("no plug-in", ("scenario.yaml: шаг ask", "«scoring.offer» не установлена"),
         files={"scenario.yaml": HOOKED}),
    Case("no certificates", ("OKLIK_REQUEST_CA", "people.csv", "PEM"), files={"scenario.yaml": ASKING},
         settings={"OKLIK_REQUEST_HOSTS": "crm.example.com", "OKLIK_REQUEST_CA": "people.csv",
                   "OKLIK_CREDENTIAL_CRM": "Bearer secret-of-mine"}),
    Case("OKLIK_HOME that no switch can be told", ("OKLIK_HOME", "дом"), settings={"OKLIK_HOME": "мой дом"}),
    Case("OKLIK_HOME a file", ("OKLIK_HOME", "people.csv"), settings={"OKLIK_HOME": "people.csv"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def ports(desk: Desk) -> Iterator[dict[str, str]]:
    """switch: a virtual one with another password; closed: nobody is there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it, and whoever connects is refused
        with subprocess.Popen(
            [sys.executable, "-m", "oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--with-parent"],
            env={**environment(desk.home.parent / "elsewhere"), "OKLIK_SWITCH_PASSWORD": PASSWORD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as switch:
            assert switch.stdout is not None
            ready = json.loads(switch.stdout.readline())
            yield {"switch": str(ready["port"]), "closed": str(held.getsockname()[1])}
            switch.kill()


@pytest.fixture(scope="module")
def ends(ports: dict[str, str], desk: Desk, workshop: Workshop) -> Iterator[Callable[[Case], Ended]]:
    """How a case ended."""
    # A worker that takes over tests of another one may come back to this file: a new folder each time.
    base = Path(tempfile.mkdtemp(prefix="bad-", dir=desk.home.parent))
    base.chmod(0o755)
    pool = ThreadPoolExecutor(2)
    futures: dict[str, Future[Ended]] = {}

    def run(case: Case) -> Ended:
        at = base / case.name.replace(" ", "-")
        at.mkdir(parents=True)
        for name, text in {"scenario.yaml": SCENARIO, "people.csv": PEOPLE, **case.files}.items():
            (at / name).write_text(text, "utf-8")
        if case.prepare is not None:
            case.prepare(at)
        before = sorted(at.rglob("*"))
        arguments = [part.format(**ports) for part in case.arguments]
        given = ("run", case.scenario, case.contacts, "--report", case.report, *arguments)
        ended = workshop.command(*given, home=at / "home", cwd=at, **case.settings)
        assert sorted(at.rglob("*")) == before, "something was left behind"
        return ended

    def result(case: Case) -> Ended:
        return futures[case.name].result()

    futures |= {case.name: pool.submit(run, case) for case in CASES}
    yield result
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_line_says_what_and_where(case: Case, ends: Callable[[Case], Ended], ports: dict[str, str]):
    ended = ends(case)
    assert ended.code == 2, ended
    assert ended.out == ""
    assert len(ended.err) == 1, ended.err
    assert ended.err[0].startswith("oklik: ")
    for part in case.says:
        assert part.format(**ports) in ended.err[0]
    assert "secret-of-mine" not in ended.err[0]


def test_in_english(folder: Path, workshop: Workshop):
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    given = ("run", "nowhere.yaml", "people.csv", "--report", "r.xlsx")
    for more, settings in ((("--language", "en"), {}), ((), {"OKLIK_LANGUAGE": "en"})):
        ended = workshop.command(*given, *more, home=folder / "home", cwd=folder, **settings)
        assert (ended.code, ended.err) == (2, ["oklik: nowhere.yaml: no such file"])


def test_words_that_typer_refuses_have_the_same_exit_code(folder: Path, workshop: Workshop):
    for wrong in (("run",), ("run", "a", "b", "--report", "r.xlsx", "--channels", "0"), ("sing",)):
        assert workshop.command(*wrong, home=folder / "home").code == 2
    assert list(folder.iterdir()) == []


def test_a_report_that_must_not_be_overwritten(desk: Desk, folder: Path):
    report = folder / "report.xlsx"
    report.write_text("mine")
    report.chmod(0o400)
    if os.access(report, os.W_OK):
        pytest.skip("root may write everywhere")
    ended = command(*desk.run(desk.people(1), report), home=desk.home)
    assert ended.code == 2
    assert "закрыт для записи" in ended.err[0]
    assert report.read_text() == "mine"


def test_a_list_that_must_not_be_read(desk: Desk, folder: Path):
    contacts = folder / "people.csv"
    contacts.write_text(PEOPLE, "utf-8")
    contacts.chmod(0)
    if os.access(contacts, os.R_OK):
        pytest.skip("root may read everything")
    ended = command(*desk.run(contacts, folder / "report.xlsx"), home=desk.home)
    assert (ended.code, len(ended.err)) == (2, 1)
    assert "people.csv: файл не читается: нет доступа" in ended.err[0]


def test_groups_of_a_real_switch_must_have_agents(tmp_path: Path):
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(TRANSFER, "utf-8")
    read = read_scenario(scenario)
    options = cast("RunOptions", SimpleNamespace(agents={}, scenario=scenario, channels=2))
    with pytest.raises(BadInput) as refused:
        agent_groups(options, read, virtual=False)
    for part in ("scenario.yaml", "шаг people", "«sales»", "--agents sales="):
        assert part in refused.value.text("ru")
    assert list(agent_groups(options, read, virtual=True)) == ["sales"]


def test_a_switch_that_does_not_find_our_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A home closed to its user, or another machine: everybody who answers would hear silence."""
    asked: list[Path] = []

    def probe(*_: object, file: str, new_file: str | None) -> None:
        assert new_file is None, "nothing is to be recorded"
        asked.append(Path(file))
        assert asked[0].stat().st_mode & 0o777 == 0o644
        assert asked[0].parent.stat().st_mode & 0o777 == 0o711
        raise SwitchRefused("no", "file")

    monkeypatch.setattr("oklik.telephony.freeswitch.probe.probe", probe)
    before = os.umask(0o077)
    try:
        address = SwitchAddress("127.0.0.1", 8021, "word")
        with pytest.raises(BadInput) as refused:
            reach(Settings(home=tmp_path / "home"), address)
    finally:
        os.umask(before)
    for part in ("--switch", "127.0.0.1:8021", str(tmp_path / "home" / "prompts")):
        assert part in refused.value.text("ru")
    assert not asked[0].exists()


def test_a_transfer_takes_two_lines(tmp_path: Path):
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(TRANSFER, "utf-8")
    options = cast("RunOptions", SimpleNamespace(agents={"sales": ("user/1",)}, scenario=scenario, channels=1))
    with pytest.raises(BadInput) as refused:
        agent_groups(options, read_scenario(scenario), virtual=False)
    for part in ("scenario.yaml", "шаг people", "--channels", "2"):
        assert part in refused.value.text("ru")


# -- disks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(folder: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a disk of a size."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        at = folder / f"disk{len(mounted)}"
        at.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "oklik-test", at], check=False, capture_output=True
        )
        if made.returncode != 0:
            pytest.skip(f"a disk cannot be mounted here: {made.stderr.decode().strip()}")
        mounted.append(at)
        return at

    yield mount
    for at in mounted:
        subprocess.run(["umount", "-l", at], check=True)


def test_a_full_disk_for_the_report(desk: Desk, disk: Callable[[str], Path]):
    full = disk("16k")
    databases = desk.databases()
    ended = command(*desk.run(desk.people(1), full / "report.xlsx"), home=desk.home)
    assert (ended.code, len(ended.err)) == (2, 1)
    assert f"--report {full}/report.xlsx: записать нельзя: на диске нет места" in ended.err[0]
    assert list(full.iterdir()) == []
    assert desk.databases() == databases


def test_a_full_disk_for_the_home(desk: Desk, folder: Path, disk: Callable[[str], Path]):
    full = disk("20m")
    ended = command(*desk.run(desk.people(1), folder / "report.xlsx"), home=full / "home")
    assert ended.code == 2
    assert ended.err[-1].startswith(f"oklik: OKLIK_HOME {full}/home: на диске свободно ")
    assert [at for at in full.rglob("*") if at.is_file()] == []
    assert not (folder / "report.xlsx").exists()


@pytest.mark.heavy
def test_a_disk_that_fills_up_under_the_report(desk: Desk, disk: Callable[[str], Path]):
    """All calls are made by then: the same command only writes the report, and calls nobody again."""
    small = disk("1m")
    ledger = Ledger(desk.home)
    contacts, report = desk.people(10, first=20), small / "report.xlsx"
    running = begin(*desk.run(contacts, report, "--no-retry", "--speed", 60), home=desk.home)
    until(ledger.dialed, "a call")
    (small / "other").write_bytes(bytes(shutil.disk_usage(small).free))
    ended = end(running)
    assert ended.code == 1
    assert ended.err[-1].startswith(f"oklik: {report}: отчёт не записан: на диске нет места. ")
    assert [at.name for at in small.iterdir()] == ["other"]
    assert len(ledger.dialed()) == 10
    (small / "other").unlink()
    again = command(*desk.run(contacts, report, "--no-retry"), home=desk.home)
    assert again.code == 0, again.err
    assert report.exists()
    assert again.summary["attempts"] == len(ledger.dialed()) == 10
    assert processes(desk.home) == {}
