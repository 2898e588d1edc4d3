"""Pictures of the pages for the documentation: `make screenshots`, or `python -m support.screenshots FOLDER [NAME...]`.

Starts a demo installation on a database of its own, fills it, and takes each page of PAGES in its languages and
themes.  Who adds a page adds a line there, and to `FILL` what it shows.
"""

import datetime as dt
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from oklik.campaigns import gateways, one_time_codes, pronunciation, pulse, tokens, users
from oklik.campaigns.audit import Actor, note
from oklik.campaigns.gateways import Filled
from oklik.campaigns.pulse import Pulse, PulseState
from oklik.dialing.gateways import Login
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from support.screenshots_lists import fill_lists
from support.stage import Process
from support.web_site import CHEAP_SETTINGS, CHROMIUM, FLAGS, PHONE, WIDE, Window, add_user

BOTH = ("ru", "en")
RU = ("ru",)
NOW = dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC)


class Picture(NamedTuple):
    """One page.  name: of the file, -LANGUAGE and -dark come after it; path: of the page, {} filled in by FILL's keys.

    who: the login that looks, None for a stranger; dark: taken in dark, too; phone: as wide as one; before: does
    something on the page first; whole: all of it and not one window full.
    """

    name: str
    path: str
    who: str | None = "anna"
    languages: Sequence[str] = RU
    dark: bool = False
    phone: bool = False
    before: Callable[[Any], None] | None = None
    whole: bool = False


States = dict[str | None, dict[str, Any]]  # of who is signed in, by language

PAGES: list[Picture] = [
    Picture("sign-in", "/login", who=None, languages=BOTH),
    Picture("users", "/settings/users", languages=BOTH, dark=True),
    Picture("token", "/settings/tokens/new"),
    Picture("tokens", "/settings/tokens"),
    Picture("audit", "/settings/audit"),
    Picture("profile", "/profile", phone=True),
    Picture("lists", "/lists", who="boris"),
    Picture("list-columns", "/lists/import/{upload}", who="boris", languages=BOTH),
    Picture("list", "/lists/{list}?segment={segment}", who="boris", dark=True),
    Picture("contact", "/contacts/{contact}", who="boris"),
    Picture("stop-list", "/stop-list", who="boris"),
    Picture("trunks", "/settings/trunks", languages=BOTH, dark=True),
    Picture("trunk", "/settings/trunks/{trunk}", languages=BOTH, whole=True),
    Picture("trunk-new", "/settings/trunks/new", languages=BOTH, dark=True, whole=True),
    Picture("nodes", "/settings/nodes", languages=BOTH, dark=True),
    Picture("dictionary", "/settings/dictionary", languages=BOTH),
]


def fill_accounts(engine: Engine) -> dict[str, Any]:
    """People of an office, and what they have done."""
    for login, role, name in (
        ("anna", "admin", "Анна Ёлкина"),
        ("boris", "supervisor", "Борис Константинопольский"),
        ("vera", "marketer", "Вера Зайцева"),
        ("gleb", "agent", "Глеб Седов"),
    ):
        add_user(engine, login, role, name=name)
    with engine.begin() as conn:
        dima = users.add_user(conn, "dima@example.com", "Дмитрий Перепелицын", "marketer", NOW)
        one_time_codes.make_link_code(conn, dima, NOW)
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
            note(conn, Actor(who, via, "192.0.2.17"), action, subject, details, NOW + dt.timedelta(minutes=minutes))
    return {}


def fill_trunks(engine: Engine) -> dict[str, Any]:
    """Trunks of two carriers, one of whom refuses us, and the nodes that call over them.

    What dialers say is told again and again, as dialers do: pages believe it for some seconds only.
    """
    with engine.begin() as conn:
        for word, reading in (("ООО", "о-о-о\u0301"), ("договор", "догово\u0301р"), ("СНТ", "эс-эн-тэ\u0301")):
            pronunciation.put(conn, pronunciation.Reading("ru", word, reading, "user:anna", NOW))
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
            gateways.publish(conn, "node1", [seen], now)
            kept.append(one.trunk_id)
        trunks = {
            kept[0]: (17, PulseState.DIALING),
            kept[1]: (0, PulseState.IDLE),
            kept[2]: (4, PulseState.NO_LINE),
        }
        for node, state, legs, ago in (
            ("node1", PulseState.DIALING, 21, 0),
            ("node2", PulseState.SWITCH_AWAY, 0, 0),
            ("spare", PulseState.IDLE, 0, 1800),
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


FILL: list[Callable[[Engine], dict[str, Any]]] = [
    fill_accounts,
    lambda engine: fill_lists(engine, NOW),
    fill_trunks,
]


def take(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Take them, or those of these names; gives the files."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="oklik-demo-") as home:
        root = Path(home)
        root.chmod(0o755)  # the database's own user reads it
        server = EmbeddedPostgres(root / "database", root / "cache", durable=False, with_parent=True)
        server.start()
        try:
            url = server.create_database("demo")
            upgrade(url)
            engine = make_engine(url, pool_size=2)
            places: dict[str, Any] = {}
            for fill in FILL:
                places |= fill(engine)
            engine.dispose()
            web = Process(["oklik_web"], root / "web.log", {"database_url": url, "port": 0, **CHEAP_SETTINGS})
            try:
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                    site = f"http://127.0.0.1:{web.said['port']}"
                    states: States = {}
                    for picture in PAGES:
                        if not names or picture.name in names:
                            made += _take(browser, site, picture, places, states, folder)
                    browser.close()
            finally:
                web.signal(15)
                web.end()
        finally:
            server.stop()
    return made


def _take(  # noqa: PLR0917
    browser: Any, site: str, picture: Picture, places: dict[str, Any], states: States, folder: Path
) -> list[Path]:
    made = []
    held = states.setdefault(picture.who, {})
    for language in picture.languages:
        for theme in ("light", "dark") if picture.dark else ("light",):
            context = browser.new_context(
                viewport=PHONE if picture.phone else WIDE,
                reduced_motion="reduce",
                locale=language,
                color_scheme=theme,
                storage_state=held.get(language),
            )
            window = Window(context.new_page(), site)
            context.add_cookies([{"name": "language", "value": language, "url": site}])
            if picture.who and language not in held:
                window.sign_in(picture.who)
                held[language] = context.storage_state()
            window.open(picture.path.format(**places))
            window.page.wait_for_load_state("networkidle")
            if picture.before:
                picture.before(window.page)
            file = folder / f"{picture.name}-{language}{'-dark' if theme == 'dark' else ''}.png"
            window.page.screenshot(path=file, full_page=picture.whole)
            context.close()
            made.append(file)
            if window.faults:
                sys.exit(f"{file.name}: {window.faults}")
    return made


if __name__ == "__main__":
    for one in take(Path(sys.argv[1]), sys.argv[2:]):
        print(one)
