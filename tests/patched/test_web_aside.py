"""Files that people send are looked into beside the web process's loop, and no transaction waits for that."""

import io
import threading
from typing import Any

import gevent
import pytest
from gevent import monkey
from sqlalchemy import Engine

from oklik.campaigns import tokens
from oklik.campaigns.list_inspect import Inspection, inspect_list
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.tokens import Scope
from oklik_web import aside
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.patience import slowness
from support.stage import TUESDAY
from web.pages import Browser, account

pytestmark = pytest.mark.integration

blocking_sleep = monkey.get_original("time", "sleep")
LONG_S = 0.5


class Looks:
    """Reading that takes long and lets nobody in; notes where it was done and how many connections were out."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.seen = engine, list[tuple[bool, int]]()

    def __call__(self, *values: Any) -> Inspection:
        main = monkey.get_original("_thread", "get_ident")() == MAIN
        self.seen.append((main, self.engine.pool.checkedout()))  # type: ignore[attr-defined]
        blocking_sleep(LONG_S * slowness())
        return inspect_list(*values)


MAIN = monkey.get_original("_thread", "get_ident")()


def test_others_are_answered_while_a_file_is_looked_into(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(engine)
    monkeypatch.setattr(aside, "inspect_list", looks)
    with engine.begin() as conn:
        token = tokens.create(conn, "crm", [str(Scope.LISTS_WRITE)], TUESDAY)
    account(engine, "marketer")
    app = create_app(engine, WebSettings(hash_rounds=1, hash_kib=32))
    client, people = app.test_client(), Browser(app.test_client())
    headers = {"Authorization": f"Bearer {token}"}
    people.sign_in("marketer")
    worst = [0.0]

    def tick() -> None:
        last = gevent.get_hub().loop.now()
        while True:
            gevent.sleep(0.01)
            gevent.get_hub().loop.update_now()
            worst[0] = max(worst[0], gevent.get_hub().loop.now() - last)
            last = gevent.get_hub().loop.now()

    ticking = gevent.spawn(tick)
    try:
        data = {"file": (io.BytesIO("ФИО;Телефон\nА;89161234567\n".encode()), "a.csv")}
        sent = client.post("/api/v1/list-imports", data=data, headers=headers)
        assert sent.status_code == 200, sent.json
        number = sent.json["id"]
        again = client.post(f"/api/v1/list-imports/{number}/inspect", json={}, headers=headers)
        assert again.status_code == 200, again.json
        assert people.get(f"/lists/import/{number}").status_code == 200
    finally:
        ticking.kill()
    assert looks.seen == [(False, 0)] * 3, "in a thread, and no connection is held meanwhile"
    assert worst[0] < LONG_S * slowness() * 0.8


def test_what_a_file_is_refused_for_comes_back_and_stays_out_of_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise ListError("Иванов.csv", "номер +79161234567", "a number", row=3)

    with pytest.raises(ListError):
        aside.aside(refuse)
    assert aside.aside(threading.get_ident) != threading.get_ident()
    assert "Иванов" not in "".join(capfd.readouterr())
