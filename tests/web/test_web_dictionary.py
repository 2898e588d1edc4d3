"""The pronunciation dictionary by the API and by the page, and what a campaign takes of it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from oklik.campaigns import pronunciation
from oklik.speech.dictionary import Dictionary
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.payloads import PAYLOADS
from web.conftest import Api, Stopped
from web.pages import Browser, account

pytestmark = pytest.mark.integration


@pytest.fixture
def client(engine: Engine, clock: Stopped) -> FlaskClient:
    """One that takes many requests."""
    return create_app(engine, WebSettings(requests=1000, hash_rounds=1, hash_kib=32), clock=clock).test_client()


def test_words_are_kept_changed_and_taken_out(api: Api) -> None:
    told = {"language": "ru", "word": "ООО", "reading": "о-о-о"}
    assert api.post("/pronunciation/set", told).status_code == 200
    assert api.post("/pronunciation/set", told | {"reading": "общество"}).json["reading"] == "общество"
    assert [one["reading"] for one in api.get("/pronunciation").json["words"]] == ["общество"]
    gone = {"language": "ru", "word": "ООО"}
    assert api.post("/pronunciation/remove", gone).json == {"removed": True}
    assert api.post("/pronunciation/remove", gone).json == {"removed": False}
    assert api.get("/pronunciation").json["words"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "de"),
        ("word", "..."),
        ("word", "Щ" * 61),
        ("word", "а\nб"),
        ("word", "\u202eб"),
        ("reading", "—"),
        ("reading", "а\u2028б"),
        ("reading", "б" * 201),
    ],
)
def test_what_is_no_word_is_refused(api: Api, field: str, value: str) -> None:
    told = {"language": "ru", "word": "ООО", "reading": "о-о-о"} | {field: value}
    answer = api.post("/pronunciation/set", told)
    assert answer.status_code == 422
    assert field in str(answer.json["errors"])
    assert api.get("/pronunciation").json["words"] == []


def test_a_campaign_takes_the_words_above_those_of_files(api: Api, engine: Engine) -> None:
    api.post("/pronunciation/set", {"language": "ru", "word": "ООО", "reading": "о-о-о"})
    voice = {"config": {}, "dictionary": {"ru": {"ООО": "из файла", "ул.": "улица"}}}
    with engine.connect() as conn:
        taken = pronunciation.added(conn, voice)
    assert Dictionary(taken["dictionary"]).read("ООО на ул. Мира", "ru") == "о-о-о на улица Мира"
    assert voice["dictionary"]["ru"]["ООО"] == "из файла", "what was given stays as it is"


def test_the_page_does_the_same_and_shows_hostile_words_harmlessly(browser: Browser, api: Api, engine: Engine) -> None:
    account(engine, "vera")
    browser.sign_in("vera")
    assert "Своих слов пока нет" in browser.get("/settings/dictionary").get_data(as_text=True)
    told = {"language": "ru", "word": "ООО", "reading": "о-о-о"}
    assert browser.post("/settings/dictionary", **told).status_code == 303
    assert "о-о-о" in browser.get("/settings/dictionary").get_data(as_text=True)
    assert browser.post("/settings/dictionary", **(told | {"reading": "…"})).status_code == 422
    assert browser.post("/settings/dictionary/remove", language="ru", word="ООО").status_code == 303
    kept = 0
    for payload in PAYLOADS:
        answer = browser.post("/settings/dictionary", **(told | {"word": payload[:60], "reading": payload[:60]}))
        assert answer.status_code in {303, 422}
        kept += answer.status_code == 303
    assert kept >= 30
    assert "<script>" not in browser.get("/settings/dictionary").get_data(as_text=True)
    account(engine, "gleb", "agent")
    browser.post("/logout")
    browser.sign_in("gleb")
    assert browser.get("/settings/dictionary").status_code == 403
