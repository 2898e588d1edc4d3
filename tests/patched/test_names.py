"""People have names with apostrophes, commas, braces, in every alphabet: all are called, and no name travels."""

import csv
import itertools
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.scenario.document import load_text
from oklik.speech.voices import Voice, default_voices
from patched.people import talkers
from support.proxy import Proxy
from support.stage import NO_RETRY, TUESDAY, number, one, prepare, rows, staged

pytestmark = pytest.mark.heavy
SCENARIO = """\
format: 1
name: greeting
title: "TITLE"
languages: [ru]
purpose: survey
start: hello
columns:
  name: {title: Имя, type: text}
nodes:
  hello:
    kind: menu
    text: Здравствуйте, {{ name }}! Вам удобно? Да — один.
    question: fine
    options:
      1: {exit: end, value: "yes", label: Да}
    exits: {end: bye, no_input: bye}
  bye:
    kind: hangup
    text: Спасибо, {{ name }}.
"""
FAMILY = (
    "O'Brien", "O’Neill", "Д'Артаньян", "Łukasiewicz", "Nguyễn", "Müller-Lüdenscheidt", "d'Eştaing", "Ñandú",
    "Çelik", "Ægisson", "Ó Súilleabháin", "İnönü", "Şahin", "Đặng", "Håkansson", "Ζορμπάς", "Иванова-Петрова",
    "Кюхельбекер", "Ғаббасов", "Їжакевич", "ван дер Ваальс", "Иванов (младший)", "Сидоров, Пётр", "{Петров}",
    "[Смирнов]", "<Кузнецов>", "${Попов}", "Соколов|Лебедев", "Козлов:_:Новиков", "Морозов^^Волков",
    "Соловьёв\\Васильев", '"Зайцев"', "Павлов & сыновья", "Семёнов; Голубев", "Виноградов=1", "Богданов 100%",
    "undef Воробьёв", "ARRAY::Фёдоров", "Михайлов!Беляев", "sofia/gateway/x/Тарасов", "&park() Белов",
    "O'Connor, Jr.", "שלום כהן", "محمد العربي", "ราชวงศ์", "王小明王小明", "やまだ たろう", "김민수 김민수",
    "🙂 Улыбкин",
    "\u202eвотабоТ", "Жа\u0301рков", "Оч" + "ень" * 40 + "длинный", "Kwaśniewska", "Þórðarson", "Dvořák",
    "ß-Straße", "Āboliņš", "Jõgi-Õunapuu", "Năstase", "Ćwikła",
)  # fmt: skip
GIVEN = ("Seán", "Мария", "Zoë", "Алёна", "José")
NAMES = [f"{given} {family}" for family, given in itertools.product(FAMILY, GIVEN)]


class Listening(Proxy):
    """Keeps what goes by."""

    def __init__(self, host: str, port: int) -> None:
        self.heard = bytearray()
        super().__init__(host, port)

    def _pump(self, source, sink) -> None:
        class Ear:
            def sendall(self, data: bytes) -> None:
                heard.extend(data)
                sink.sendall(data)

            def close(self) -> None:
                sink.close()

        heard = self.heard
        super()._pump(source, Ear())


def put(engine: Engine, folder: Path) -> int:
    """A list of those names and a campaign that says them; everything else has such a name, too."""
    assert len(NAMES) == len(set(NAMES)) == 300
    sheet = folder / "O'Brien, {list}.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [["Имя", "Телефон"], *([name, number(n)] for n, name in enumerate(NAMES))]
        )
    imported = import_contacts(engine, "проект ${x}", "список 'O'Brien'", sheet, now=TUESDAY)
    assert imported.contacts == 300
    with engine.begin() as conn:
        version = publish_scenario(
            conn, imported.project_id, load_text(SCENARIO.replace("TITLE", "Опрос {Петров}"), "x.yaml"), TUESDAY
        )
        wanted = Launch(
            project_id=imported.project_id,
            name="кампания 'Д'Артаньян', {1}",
            scenario_version_id=version.id,
            list_id=imported.list_id,
            trunk=TrunkSpec(name="линия ${x}", dial_string="sofia/gateway/pstn/{number}", channels=100, cps=100),
            retry=NO_RETRY,
            voice=Voice(default_voices()[0]).to_json(),
            virtual=True,
        )
        campaign = launch(conn, wanted, TUESDAY).campaign_id
    prepare(engine, campaign, folder / "prompts", seconds=0.5, now=TUESDAY)
    return campaign


def test_300_names_are_called_and_none_is_on_the_wire(tmp_path: Path, database_url: str, engine: Engine) -> None:
    put(engine, tmp_path)
    with staged(tmp_path, database_url, population=talkers(), speed=30, channels=100, cps=100) as stage:
        ear = Listening(stage.settings["switch_host"], stage.settings["switch_port"])
        dialer = stage.dialer(switch_host=ear.host, switch_port=ear.port)
        assert dialer.wait() == 0
        called = stage.dials()
        ledger = stage.ledger_file.read_bytes()
        ear.stop()
    assert called == {number(n): 1 for n in range(300)}
    assert one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'not_sent'") == 0
    stored = {value for (value,) in rows(engine, "SELECT fields ->> 'Имя' FROM contact")}
    assert stored == {" ".join(name.split()) for name in NAMES}
    assert all(number(n).encode() in ear.heard for n in range(300))  # else it was not listened to
    texts = [*FAMILY, *NAMES, "проект", "список", "кампания", "линия", "Опрос", "Здравствуйте", "Спасибо"]
    for wire in (bytes(ear.heard), ledger):
        for name in texts:
            for form in (name.encode(), quote(name).encode(), name.encode().hex().encode(), ascii(name)[1:-1].encode()):
                assert form not in wire, name
