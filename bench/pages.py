"""How long pages take with a million contacts while calls run, and what 200 people who watch a campaign cost.

Run: python bench/pages.py [--contacts N] [--called N] [--calls N] [--rounds N] [--watchers N] [--look S] [--json].
A PostgreSQL of its own with durable settings is filled (pages_fill.py) and thrown away; `oklik up` runs on it with a
virtual switch at the other end. Every page and every answer of the API that is got by GET is asked for over HTTP by
somebody who is signed in, and what the pages themselves send to search. Beside the clock stand the processor time of
the web process and of its connections to the database per request: they compare where others use the machine too.
Streams, sounds and files are left out. Then the same dialer is watched by nobody and by many in turn. The last line
is JSON.
"""

import argparse
import datetime as dt
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Engine, text

from fresh import fresh_database
from pages_fill import LOGIN, PASSWORD, Size, fill
from pages_run import House, Watchers, Window, backends, cpu_s, resident_mb

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LEFT_OUT = ("events", "audio", "recordings.zip", "/said/", ".xlsx", "/file", "/static/", "/first-admin", "/password/")
OK = range(200, 400)
AIM_MS = 300
LOOK_S = 120.0  # calls that began together end together: shorter ones may see none begin
SLOW_S = 2.0  # a request is told of at once
IDS = {
    "command_id": "command",
    "contact_id": "contact",
    "order_id": "call_order",
    "preset_id": "preset",
    "report_id": "report_file",
    "standing_id": "standing_campaign",
    "trunk_id": "trunk",
}


class Asked(NamedTuple):
    """A request.  name: as it is shown; body, kind: of a POST."""

    name: str
    path: str
    body: bytes | None = None
    kind: str = ""


class Cost(NamedTuple):
    """Milliseconds of a request: by the clock, of the web process, of the database's processes that serve it."""

    ms: float
    web_ms: float
    database_ms: float


def requests(url: str, engine: Engine, places: dict[str, int]) -> tuple[list[Asked], list[str]]:
    """Give what is to be asked, and the routes for which there is nothing to ask about."""
    from oklik_web.app import create_app
    from oklik_web.settings import WebSettings

    known: dict[str, Any] = dict(places)
    with engine.connect() as conn:
        for name, table in IDS.items():
            known[name] = conn.execute(text(f"SELECT min(id) FROM {table}")).scalar()  # noqa: S608  names from above
    known["topic"] = "lists"
    found, missing = [], []
    for rule in create_app(engine, WebSettings(database_url=url)).url_map.iter_rules():
        shown = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        if "GET" not in (rule.methods or ()) or any(part in shown for part in LEFT_OUT):
            continue
        if any(known.get(name) is None for name in rule.arguments):
            missing.append(shown)
        else:
            found.append(Asked(shown, shown.format(**known)))
    campaign, one = places["campaign_id"], places["list_id"]
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat()
    for path, query in (
        (f"/api/v1/campaigns/{campaign}/attempts", {"outcome": "opted_out"}),
        (f"/api/v1/campaigns/{campaign}/attempts", {"until": yesterday}),
        (f"/api/v1/campaigns/{campaign}/results", {"since": yesterday}),
        (f"/api/v1/campaigns/{campaign}/results", {"column": "Город", "value": "Омск"}),
        (f"/api/v1/lists/{one}/contacts", {"row": 900_000}),
        ("/settings/audit", {"action": "stop_list.add"}),
        ("/settings/audit", {"who": "user:bench", "before": 1000}),
    ):
        found.append(Asked(f"{path} {query}", f"{path}?{urlencode(query)}"))
    for words in ("Иванов", "Иванов Елена", "Иванов Сергей Казань", "кд-77777", "+79000077777", "7777"):
        body = urlencode({"text": words}).encode()
        found.append(Asked(f"search in all lists: {words}", "/lists/search", body, FORM))
        found.append(Asked(f"search in a list: {words}", f"/lists/{one}/rows", body, FORM))
    condition = {"c_column": "Город", "c_op": "equals", "c_type": "text", "c_value": "Омск"}
    typed = urlencode(condition).encode()
    found += [Asked(f"segment, {piece}", f"/lists/{one}/{piece}", typed, FORM) for piece in ("rows", "count")]
    found.append(Asked("stop list, a number", "/stop-list/check", urlencode({"number": "+79990000077"}).encode(), FORM))
    return found, missing


def measure(  # noqa: PLR0917  who asks whom for what
    window: Window, asked: Sequence[Asked], missing: list[str], rounds: int, web: int, engine: Engine
) -> dict[str, list[Cost]]:
    """Ask for each in turn, again and again; the first round is a rehearsal and does not count.

    missing: gets what is not answered; that is not asked for again.
    """
    costs: dict[str, list[Cost]] = {one.name: [] for one in asked}
    for n in range(rounds + 1):
        for one in [one for one in asked if one.name in costs]:
            serving = {one: cpu_s(one) for one in backends(engine, "oklik web")}
            before = cpu_s(web)
            began, held_back = time.perf_counter(), window.held_back
            status, _ = window.ask("GET" if one.body is None else "POST", one.path, one.body, one.kind)
            took = time.perf_counter() - began - (window.held_back - held_back)
            if took > SLOW_S:
                print(f"{took:6.1f} s  {one.name}", file=sys.stderr)
            if status not in OK:
                missing.append(f"{one.name}: {status}")
                costs.pop(one.name, None)
            elif n and one.name in costs:
                served = sum(max(0.0, cpu_s(one) - used) for one, used in serving.items())  # some have ended meanwhile
                spent = (cpu_s(web) - before, served)
                costs[one.name].append(Cost(took * 1000, spent[0] * 1000, spent[1] * 1000))
    return {name: found for name, found in costs.items() if found}


def part(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def legs(engine: Engine) -> int:
    """Calls that are up, as the dialer says."""
    with engine.connect() as conn:
        return int(conn.execute(text("SELECT coalesce(sum(legs), 0) FROM dialer_state")).scalar_one())


def wait_for_calls(engine: Engine, wanted: int, most_s: float) -> int:
    """Wait until so many calls run; gives how many do when the time is over."""
    end = time.monotonic() + most_s
    while (now := legs(engine)) < 0.95 * wanted and time.monotonic() < end:
        time.sleep(1)
    return now


def watched(  # noqa: PLR0917  who watches what
    window: Window, house: House, engine: Engine, campaign: int, many: int, look_s: float
) -> dict[str, float]:
    """Look for a while what the dialer and the web process spend while so many watch."""
    web, dialer = house.process("oklik_web"), house.process("oklik.worker")
    held = resident_mb(web)
    path = f"/api/v1/campaigns/{campaign}/live/events"
    watchers = Watchers(house.address, path, window.cookie, many)
    time.sleep(3)
    began, at = time.monotonic(), dt.datetime.now(dt.UTC)
    serving = {one: cpu_s(one) for one in backends(engine, "oklik web")}
    used = [cpu_s(web), cpu_s(dialer)]
    events = watchers.events
    time.sleep(look_s)
    seconds = time.monotonic() - began
    spent = [cpu_s(web) - used[0], cpu_s(dialer) - used[1]]
    spent += [sum(max(0.0, cpu_s(one) - before) for one, before in serving.items())]
    told = {
        "watchers": many,
        "calls": legs(engine),
        "events_per_watcher_s": (watchers.events - events) / seconds / max(many, 1),
        "web_cpu": spent[0] / seconds,
        "database_cpu_for_web": spent[2] / seconds,
        "dialer_cpu": spent[1] / seconds,
        "web_mb": resident_mb(web),
        "web_mb_before": held,
        **_lags(engine, at),
    }
    watchers.close()
    return {name: round(value, 3) for name, value in told.items()}


def _lags(engine: Engine, since: dt.datetime) -> dict[str, float]:
    """How long calls of that time waited in the dialer between their row and the command to the switch."""
    asked = text(
        """SELECT extract(epoch FROM sent_at - intent_at) * 1000 FROM call
           WHERE intent_at > :since AND sent_at IS NOT NULL AND node <> 'old'"""
    )
    with engine.connect() as conn:
        found = [float(one) for one in conn.execute(asked, {"since": since}).scalars()]
    if not found:
        return {"sent": 0}
    return {"sent": len(found), "to_send_ms_p50": part(found, 0.5), "to_send_ms_p95": part(found, 0.95)}


@contextmanager
def house_of(folder: Path, url: str) -> Iterator[House]:
    """The processes, ended whatever happens."""
    house = House(folder, url)
    try:
        yield house
    finally:
        house.end()


def main() -> None:
    """Fill, run, ask, print."""
    from oklik.store.engine import make_engine

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--called", type=int, default=500_000)
    parser.add_argument("--calls", type=int, default=1000, help="at a time; 0: nobody is called")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--look", type=float, default=LOOK_S, help="seconds for which the watched dialer is looked at")
    parser.add_argument("--only", default="", help="only requests whose name has this in it")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    given = parser.parse_args()
    with ExitStack() as stack:
        url, folder = stack.enter_context(fresh_database())
        engine = make_engine(url)
        began = time.perf_counter()
        now = dt.datetime.now(dt.UTC)
        places = fill(engine, folder / "prompts", Size(given.contacts, given.called, given.calls or 1), now)
        filled = time.perf_counter() - began
        told = look(engine, url, folder, places, given, stack)
        engine.dispose()
    told["filled_in_s"] = round(filled)
    print(json.dumps(told, ensure_ascii=False))


def look(  # noqa: PLR0917  what the run is about
    engine: Engine, url: str, folder: Path, places: dict[str, int], given: Any, stack: ExitStack
) -> dict[str, Any]:
    """Run all of it on a database that is filled."""
    if not given.calls:
        with engine.begin() as conn:
            conn.execute(text("UPDATE campaign SET state = 'paused' WHERE state = 'running'"))
    house = stack.enter_context(house_of(folder, url))
    calls = wait_for_calls(engine, given.calls, 60 + given.calls / 10)
    window = Window(house.address)
    window.sign_in(LOGIN, PASSWORD)
    asked, missing = requests(url, engine, places)
    asked = [one for one in asked if given.only in one.name]
    costs = measure(window, asked, missing, given.rounds, house.process("oklik_web"), engine)
    shown = sorted(costs.items(), key=lambda item: -part([one.ms for one in item[1]], 0.95))
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "p50": round(part([one.ms for one in found], 0.5), 1),
            "p95": round(part([one.ms for one in found], 0.95), 1),
            "max": round(max(one.ms for one in found), 1),
            "web_cpu": round(statistics.mean(one.web_ms for one in found), 1),
            "database_cpu": round(statistics.mean(one.database_ms for one in found), 1),
        }
        for name, found in shown
    ]
    every = [one.ms for found in costs.values() for one in found]
    looks = []
    if given.watchers and given.calls:
        for many in (0, given.watchers, 0, given.watchers):
            looks.append(watched(window, house, engine, places["campaign_id"], many, given.look))
            time.sleep(5)
    told = {
        "calls_at_the_start": calls,
        "calls_at_the_end": legs(engine),
        "load": os.getloadavg()[0],
        "requests": len(every),
        "p95_of_all": round(part(every, 0.95), 1),
        "above_the_aim": [row["name"] for row in rows if row["p95"] > AIM_MS],
        "not_asked": missing,
        "watched": looks,
    }
    if not given.json:
        print(f"{'p50':>8}{'p95':>8}{'max':>8}{'web cpu':>9}{'db cpu':>8}  ms")
        for row in rows:
            print("{p50:8.1f}{p95:8.1f}{max:8.1f}{web_cpu:9.1f}{database_cpu:8.1f}  {name}".format(**row))
        for one in looks:
            print(one)
    return told | {"slowest": rows[:10]}


if __name__ == "__main__":
    main()
