"""Secrets of an HTTP voice come from the environment, wherever they stand, and only their names are kept."""

import base64
import json
import urllib.parse
from typing import Any

import httpx
import pytest

from oklik.speech import audio
from oklik.speech.engines import http_service
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.http_places import sounds_secret
from oklik.speech.engines.http_service import HttpEngine, HttpVoice
from oklik.speech.voices import Voice, VoicesError, load_voices, voice_from_json
from speech.fakes import tone

WAV = audio.to_wav(tone(0.5, 8000).samples)
PLAIN: dict[str, Any] = {"url": "https://tts.example/v1", "languages": {"ru": "alena"}, "content": "{text}"}


def voice(**fields: Any) -> HttpVoice:
    more = PLAIN | {"retries": 0} | fields
    if {"json", "form"} & fields.keys():
        more.pop("content")
    return HttpVoice.model_validate(more)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """What is sent, by an engine whose service is not there but answers."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/oauth":
            return httpx.Response(200, json={"access_token": "fresh"})
        return httpx.Response(200, content=WAV, headers={"content-type": "audio/wav"})

    client = httpx.Client

    def connected(**more: Any) -> httpx.Client:
        return client(transport=httpx.MockTransport(answer), timeout=more["timeout"])

    monkeypatch.setattr(http_service.httpx, "Client", connected)
    return seen


def test_they_are_filled_in_everywhere(asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUERY", "FORM", "JSON", "TOKEN", "CONTENT"):
        monkeypatch.setenv(f"TTS_{name}", f"geheim & <{name}> {{text}} пароль")
    token = {
        "url": "https://x.example/oauth",
        "form": {"grant_type": "client_credentials", "client_secret": "${TTS_TOKEN}"},
    }
    voices = [
        voice(query={"key": "${TTS_QUERY}"}, content="<s k='${TTS_CONTENT}'>{text}</s>", escape="xml"),
        voice(form={"text": "{text}", "password": "${TTS_FORM}"}),
        voice(
            json={"text": "{text}", "auth": [{"value": "a:${TTS_JSON}"}]},
            token=token,
            headers={"Authorization": "Bearer {token}"},
        ),
    ]
    for one in voices:
        one.open().speak("${HOME} {voice}", "ru")
        held = json.dumps(Voice(one).to_json())
        assert "geheim" not in held
        assert "${TTS_" in held
    by_query, by_form, by_token, by_json = asked
    assert by_query.url.params["key"] == "geheim & <QUERY> {text} пароль"
    told = "<s k='geheim &amp; &lt;CONTENT&gt; {text} пароль'>${HOME} {voice}</s>"
    assert by_query.content.decode() == told
    assert dict(urllib.parse.parse_qsl(by_form.content.decode())) == {
        "text": "${HOME} {voice}",
        "password": "geheim & <FORM> {text} пароль",
    }
    assert dict(urllib.parse.parse_qsl(by_token.content.decode()))["client_secret"] == "geheim & <TOKEN> {text} пароль"
    assert json.loads(by_json.content)["auth"] == [{"value": "a:geheim & <JSON> {text} пароль"}]
    assert by_json.headers["authorization"] == "Bearer fresh"


@pytest.mark.parametrize(
    "fields",
    [
        {"query": {"key": "${TTS_ABSENT}"}},
        {"form": {"text": "{text}", "key": "${TTS_ABSENT}"}},
        {"json": {"text": "{text}", "deep": ["${TTS_ABSENT}"]}},
        {"content": "{text}${TTS_ABSENT}"},
        {"token": {"url": "https://x.example/", "form": {"key": "${TTS_ABSENT}"}}},
    ],
)
def test_a_variable_that_is_not_set_is_told_before_anything_is_asked(fields: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="TTS_ABSENT is not set") as caught:
        voice(**fields).open()
    assert caught.value.down


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"query": {"key": "geheim"}}, "query: key: put the secret"),
        ({"query": {"folderId": "x", "apiKey": "geheim"}}, "query: apiKey: put"),
        ({"form": {"text": "{text}", "api_key": "geheim"}}, "form: api_key: put"),
        ({"form": {"text": "{text}", "Password": "geheim {voice}"}}, "form: Password: put"),
        ({"json": {"text": "{text}", "auth": {"user": "me", "value": "geheim"}}}, "json: auth.user: put"),
        ({"json": {"text": "{text}", "list": [{"iamToken": "geheim"}]}}, "json: list.iamToken: put"),
        ({"json": {"text": "{text}", "password": 4711}}, "json: password: put"),
        ({"token": {"url": "https://x/", "form": {"client_secret": "geheim"}}}, "token.form: client_secret: put"),
        (
            {"token": {"url": "https://x/", "headers": {"Authorization": "Basic geheim"}}},
            "token.headers: Authorization",
        ),
        ({"token": {"url": "https://geheim@x/"}}, "token.url: no name and password"),
        ({"url": "https://me:geheim@tts.example/"}, "url: no name and password"),
        ({"url": "https://tts.example/?lang=ru&key=geheim"}, "url: key: put the secret"),
        ({"url": "https://tts.example/${TTS_KEY}"}, "url: .*not filled in here"),
        ({"url": "https://tts.example:geheim/"}, "url: this is no address"),
        ({"url": "https://"}, "url: "),
        ({"headers": {"X-Password": "geheim"}}, "headers: X-Password: put"),
    ],
)
def test_a_secret_in_clear_is_refused_and_not_repeated(fields: dict[str, Any], where: str, tmp_path: Any) -> None:
    more = PLAIN | {"kind": "http"} | fields
    if {"json", "form"} & fields.keys():
        more.pop("content")
    path = tmp_path / "voices.yaml"
    path.write_text(json.dumps({"voices": [more]}), encoding="utf-8")
    with pytest.raises(VoicesError, match=where) as caught:
        load_voices(path)
    assert "\n" not in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "4711" not in str(caught.value)
    with pytest.raises(VoicesError):
        voice_from_json({"config": more})


def test_what_is_no_secret_may_stand() -> None:
    voice(
        query={"lang": "ru", "key": "", "token_type": "bearer", "key_id": "abc"},
        json={"key": "{text}", "max_tokens": 100, "keywords": ["a"], "secret": None, "auth": True, "monkeys": "x"},
        url="https://tts.example/?lang=ru&key=",
    )


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *[
            (name, True)
            for name in ("APIKEY", "APIKey", "x-api-key", "authtoken", "clientSecret", "pwd", "Cookie", "auth")
        ],
        *[
            (name, False)
            for name in ("author", "keyboard", "lang", "grant_type", "tokenizer", "", "speaker", "passage")
        ],
    ],
)
def test_the_name_tells(name: str, secret: bool) -> None:
    assert sounds_secret(name) is secret


# -- what cannot be sent ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"headers": {"X-Voice": "Ермил"}}, "headers: X-Voice: a header can hold plain ASCII"),
        ({"headers": {"X-Voice": "a\nb"}}, "headers: X-Voice: a header can hold plain ASCII"),
        ({"headers": {"Голос": "a"}}, "cannot be the name of a header"),
        ({"headers": {"X-Voice": "{voice}"}, "languages": {"ru": "Ермил"}}, "headers: X-Voice: {voice} is 'Ермил'"),
        ({"headers": {"X-L": "{language}"}, "languages": {"рус": "x"}}, "headers: X-L: {language} is 'рус'"),
        ({"token": {"url": "https://x/", "headers": {"A": "я"}}}, "token.headers: A: a header can hold plain ASCII"),
        (
            {"token": {"url": "https://x/", "headers": {"A": "{token}"}}},
            "token.headers: A: unknown placeholder {token}",
        ),
    ],
)
def test_headers_that_cannot_be_sent_are_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        voice(**fields)


def test_a_name_in_cyrillic_may_stand_in_the_body(asked: list[httpx.Request]) -> None:
    config = voice(languages={"ru": "Ермил"}, form={"text": "{text}", "voice": "{voice}"})
    config.open().speak("да", "ru")
    assert dict(urllib.parse.parse_qsl(asked[0].content.decode()))["voice"] == "Ермил"


def test_a_request_that_cannot_be_built_is_the_texts_fault(asked: list[httpx.Request]) -> None:
    for config in (voice(), voice(json={"t": "{text}"}), voice(form={"t": "{text}"}), voice(query={"t": "{text}"})):
        with pytest.raises(EngineError, match="cannot be built") as caught:
            config.open().speak("half a sign: \ud83d", "ru")
        assert not caught.value.down
        assert "sign" not in str(caught.value)
    assert asked == []


def test_a_token_that_no_header_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    config = voice(headers={"Authorization": "Bearer {token}"}, token={"url": "https://x.example/oauth"})
    monkeypatch.setattr(HttpEngine, "_send", lambda *_, **__: json.dumps({"access_token": "ключ"}).encode())
    with pytest.raises(EngineError, match="gave no access_token"):
        config.open().speak("да", "ru")


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
@pytest.mark.parametrize("audio_field", [None, "data.sound"])
def test_a_service_that_says_them_back_gets_them_into_no_message(
    monkeypatch: pytest.MonkeyPatch, status: int, audio_field: str | None
) -> None:
    key, token = "geheim/&+ключ", "token-of-an-hour"
    monkeypatch.setenv("TTS_KEY", key)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth":
            return httpx.Response(200, json={"access_token": token})
        told = f"{request.url} {key} {json.dumps(key)} {base64.b64encode(key.encode()).decode()} {token} not allowed"
        return httpx.Response(status, text=told, headers={"content-type": "text/plain"})

    client = httpx.Client
    monkeypatch.setattr(
        http_service.httpx,
        "Client",
        lambda **more: client(transport=httpx.MockTransport(answer), timeout=more["timeout"]),
    )
    asking = {"url": "https://x.example/oauth", "form": {"client_secret": "${TTS_KEY}"}, "field": "access_token"}
    headers = {"Authorization": "Bearer {token}"}
    one = voice(query={"key": "${TTS_KEY}"}, headers=headers, token=asking, audio_field=audio_field)
    with pytest.raises(EngineError) as failed:
        one.open().speak("слово", "ru")
    said = str(failed.value)
    assert "***" in said
    for secret in (key, urllib.parse.quote(key, safe=""), json.dumps(key)[1:-1], token):
        assert secret not in said
    assert base64.b64encode(key.encode()).decode().rstrip("=") not in said
