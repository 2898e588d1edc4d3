"""The start page: the way to the first campaign, then what runs and what needs somebody."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from oklik.campaigns.pilots import OVER
from oklik.campaigns.pulse import Pulse, PulseState, beat
from web.conftest import NOW
from web.pages import Browser, account

pytestmark = pytest.mark.integration


def look(browser: Browser, engine: Engine, role: str) -> str:
    account(engine, role, role)
    browser.sign_in(role)
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_before_the_first_campaign_it_says_what_is_still_to_be_done(engine: Engine, browser: Browser) -> None:
    page = look(browser, engine, "admin")
    for words in ("Подключите телефонную линию", "Нарисуйте и опубликуйте", "Загрузите список", "Создайте кампанию"):
        assert words in page
    assert ">готово<" not in page
    assert "Всё в порядке" in page


def test_who_may_not_make_a_line_is_not_asked_for_one(engine: Engine, browser: Browser, world: World) -> None:
    page = look(browser, engine, "marketer")
    assert "Подключите телефонную линию" not in page
    assert page.count(">готово<") == 2, "a scenario and a list are there"


def test_what_runs_and_what_needs_somebody(engine: Engine, browser: Browser, world: World) -> None:
    runs, piloted, stuck = (world.campaign() for _ in range(3))  # called c0, c1, c2
    for one, reason in ((piloted, OVER), (stuck, "no_recordings")):
        world.conn.exec_driver_sql(
            "UPDATE campaign SET state = 'paused', held = %(reason)s WHERE id = %(id)s", {"reason": reason, "id": one}
        )
    beating = Pulse(at=NOW, speed=1, state=PulseState.DIALING, legs=7, channels=20, cps=5)
    beat(world.conn, "fs1", beating, NOW, virtual=False)
    beat(world.conn, "fs2", beating, NOW - dt.timedelta(minutes=5), virtual=False)
    page = look(browser, engine, "supervisor")
    assert f'href="/campaigns/{runs}"' in page
    assert "На линии 7 из 20 возможных" in page
    assert "Узел fs2" in page
    assert "Узел fs1" not in page
    assert "Проба закончена" in page
    assert page.index(">c2<", page.index("Требует внимания")) < page.index("Проба закончена"), "the worst first"
    assert "Создайте кампанию" not in page


def test_an_agent_sees_nothing_of_it(engine: Engine, browser: Browser, world: World) -> None:
    world.campaign()
    beating = Pulse(at=NOW, speed=1, state=PulseState.DIALING, legs=7, channels=20, cps=5)
    beat(world.conn, "fs2", beating, NOW - dt.timedelta(minutes=5), virtual=False)
    page = look(browser, engine, "agent")
    assert ">c0<" not in page
    assert "fs2" not in page
