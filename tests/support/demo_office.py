"""The office of the demo: people, tokens, audit, presets, trunks in different states, dictionary, testers' phones."""

import datetime as dt
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from oklik.campaigns import (
    consents,
    gateways,
    one_time_codes,
    presets,
    pronunciation,
    pulse,
    tester_phones,
    tokens,
    users,
)
from oklik.campaigns.audit import Actor, note
from oklik.campaigns.gateways import Filled
from oklik.campaigns.pulse import Pulse, PulseState
from oklik.campaigns.run_settings import read_settings
from oklik.dialing.gateways import Login
from oklik.store.engine import make_engine
from support.web_site import add_user

NOW = dt.datetime(2026, 3, 12, 8, 40, tzinfo=dt.UTC)  # a Thursday, twenty to twelve in Moscow
OFFICE = (
    ("anna", "admin", "Анна Ёлкина"),
    ("boris", "supervisor", "Борис Константинопольский"),
    ("vera", "marketer", "Вера Зайцева"),
    ("gleb", "agent", "Глеб Седов"),
)
CONSENT = "Согласен получать звонки с опросами о качестве обслуживания на указанный номер."


def fill_accounts(engine: Engine) -> dict[str, Any]:
    """People of an office, and what they have done.  link: the code of an invitation."""
    for login, role, name in OFFICE:
        add_user(engine, login, role, name=name)
    with engine.begin() as conn:
        dima = users.add_user(conn, "dima@example.com", "Дмитрий Перепелицын", "marketer", NOW)
        link = one_time_codes.make_link_code(conn, dima, dt.datetime.now(dt.UTC))
        users.set_disabled(conn, users.find_user(conn, "gleb").id, disabled=True, now=NOW)
        owner = users.find_user(conn, "anna").id
        for name, scopes, days in (("1С", ["people:write", "promises:read"], 365), ("CRM", ["campaigns:read"], None)):
            until = None if days is None else NOW + dt.timedelta(days=days)
            tokens.create(conn, name, scopes, NOW, user_id=owner, expires_at=until)
        for minutes, who, via, action, subject, details in (
            (0, "user:anna", "web", "users.invite", "dima@example.com", {"role": "marketer"}),
            (9, "user:anna", "web", "tokens.create", "1С", {"days": 365}),
            (31, "token:1С", "api", "people.remove", "D-17", {"reason": "paid", "ended": 3}),
            (54, "user:vera", "web", "stop_list.add", "+79161234567", {"reason": "просил не звонить"}),
            (70, "user:anna", "web", "users.disable", "gleb", {}),
        ):
            at = NOW - dt.timedelta(minutes=90 - minutes)
            note(conn, Actor(who, via, "192.0.2.17"), action, subject, details, at)
    return {"link": link}


def fill_settings(engine: Engine) -> dict[str, Any]:
    """Presets, words of the dictionary, phones of testers, consents."""
    with engine.begin() as conn:
        soft = read_settings(
            {
                "purpose": "debt",
                "hours": {"from": "09:00", "to": "19:00", "weekdays": [1, 2, 3, 4, 5]},
                "retry": {"max_attempts": 3},
                "minutes_day": 900,
            }
        )
        preset = presets.add_preset(conn, "Мягкое напоминание о долге", soft, "user:boris", NOW - dt.timedelta(days=20))
        survey = read_settings({"purpose": "survey", "retry": {"max_attempts": 2}, "pilot": 30})
        presets.add_preset(conn, "Опрос клиентов", survey, "user:vera", NOW - dt.timedelta(days=9))
        for word, reading in (("ООО", "о-о-о\u0301"), ("договор", "догово\u0301р"), ("СНТ", "эс-эн-тэ\u0301")):
            pronunciation.put(conn, pronunciation.Reading("ru", word, reading, "user:anna", NOW))
        for number, name in (("+79161230011", "Борис, мобильный"), ("+74951230022", "Переговорная")):
            tester_phones.add_phone(conn, tester_phones.NamedPhone(number, name, "user:boris", NOW, "user:anna", NOW))
        given = [
            consents.Given(
                number=f"+7916123456{n}",
                purpose="survey",
                source="договор № 1204/26",
                given_at=NOW - dt.timedelta(days=40 + n),
                text_version="анкета-2",
                text=CONSENT,
            )
            for n in range(3)
        ]
        consents.add(conn, given, recorded_by="user:vera", now=NOW)
    return {"preset": preset}


def fill_trunks(engine: Engine) -> dict[str, Any]:
    """Trunks of two carriers, one of whom refuses us, and the nodes that call over them.

    What dialers say is told again and again, as dialers do: pages believe it for some seconds only.
    """
    first = _beat_of_trunks(engine)
    own = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1)

    def keep() -> None:
        with suppress(SQLAlchemyError):  # until the database is gone
            while True:
                time.sleep(3)
                _beat_of_trunks(own)

    threading.Thread(target=keep, daemon=True).start()
    return {"trunk": first}


def _beat_of_trunks(engine: Engine) -> int:
    now = dt.datetime.now(dt.UTC)
    with engine.begin() as conn:
        kept = []
        for name, host, login, state, status in (
            ("Ростелеком, основная", "sip.rt.example", Login.REGISTRATION, "REGED", 0),
            ("Запасная МТС", "193.0.2.44:5060", Login.REGISTRATION, "FAIL_WAIT", 403),
            ("Офисная АТС", "10.0.0.5", Login.ADDRESS, "NOREG", 0),
        ):
            user = "74951234567" if login is Login.REGISTRATION else ""
            filled = Filled(login=login, host=host, user=user, channels=30, cps=3, caller_ids=("74951234567",))
            one = gateways.find(conn, name) or gateways.save(conn, name, filled, NOW, "user:anna")
            up = state != "FAIL_WAIT"
            seen = gateways.Seen(trunk_id=one.trunk_id, state=state, up=up, sip_status=status, applied=1)
            gateways.publish(conn, "sip-1", [seen], now)
            kept.append(one.trunk_id)
        trunks = {
            kept[0]: (17, PulseState.DIALING),
            kept[1]: (0, PulseState.IDLE),
            kept[2]: (4, PulseState.NO_LINE),
        }
        for node, state, legs, ago in (
            ("sip-1", PulseState.DIALING, 21, 0),
            ("sip-2", PulseState.SWITCH_AWAY, 0, 0),
            ("sip-3", PulseState.IDLE, 0, 1800),
        ):
            beat = Pulse(
                at=now,
                speed=1,
                state=state,
                legs=legs,
                channels=60,
                cps=5,
                trunks={one: (many, str(word)) for one, (many, word) in trunks.items()} if legs else {},
            )
            pulse.beat(conn, node, beat, now - dt.timedelta(seconds=ago), virtual=False)
            conn.execute(
                text("INSERT INTO node_lease VALUES (:n, 1, 'sip1:4017', 'x') ON CONFLICT DO NOTHING"), {"n": node}
            )
    return kept[1]
