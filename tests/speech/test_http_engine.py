"""The HTTP engine against a service of our own on loopback."""

import base64
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oklik.speech import audio
from oklik.speech.audio import SoundError
from oklik.speech.engines import http_service
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.http_service import HttpVoice, Token
from speech.fakes import tone

pytestmark = pytest.mark.integration

NASTY = 'Иван "Ваня" О\'Нил\\ {voice} ${HOME}\n</speak>&'


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    kind: str = "audio/wav"
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False


@dataclass
class Service:
    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # in turn; the last one for ever
    by_path: dict[str, Callable[[], Answer]] = field(default_factory=dict)

    def next(self, path: str) -> Answer:
        if path in self.by_path:
            return self.by_path[path]()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


WAV = audio.to_wav(tone(0.5, 8000).samples)


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            where = urllib.parse.urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = dict(urllib.parse.parse_qsl(where.query))
            held.asked.append(Asked(self.command, where.path, query, dict(self.headers), body))
            answer = held.next(where.path)
            if answer.breaks:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  a client that hangs up is no news
        held = Service(f"http://127.0.0.1:{server.server_port}/tts", answers=[Answer(WAV)])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield held
        server.shutdown()
        thread.join()


@pytest.fixture
def speak(service: Service) -> Iterator[Callable[..., audio.Sound]]:
    engines = []

    def ask(text: str = "привет", **fields: object) -> audio.Sound:
        more = {"local": True, "content": "{text}"} | fields
        if {"json", "form", "query"} & fields.keys():
            more.pop("content")
        engine = HttpVoice(url=service.url, languages={"ru": "alena"}, retry_pause_s=0.001, **more).open()  # type: ignore[arg-type]
        engines.append(engine)
        return engine.speak(text, "ru")

    yield ask
    for engine in engines:
        engine.close()


def test_json_is_filled_as_structure(service: Service, speak: Callable[..., audio.Sound]) -> None:
    body = {
        "input": {"text": "{text}"},
        "voice": ["{voice}", {"lang": "{language}-RU"}],
        "speed": 1.1,
        "raw": "{other}",
    }
    sound = speak(NASTY, json=body)
    assert len(sound.samples) == 4000
    assert json.loads(service.asked[0].body) == {
        "input": {"text": NASTY},
        "voice": ["alena", {"lang": "ru-RU"}],
        "speed": 1.1,
        "raw": "{other}",
    }


def test_form_and_query_are_encoded(service: Service, speak: Callable[..., audio.Sound]) -> None:
    speak(NASTY, form={"text": "{text}", "lang": "ru-RU"}, query={"voice": "{voice}"})
    (asked,) = service.asked
    assert dict(urllib.parse.parse_qsl(asked.body.decode())) == {"text": NASTY, "lang": "ru-RU"}
    assert asked.query == {"voice": "alena"}


def test_a_get_request(service: Service, speak: Callable[..., audio.Sound]) -> None:
    speak(NASTY, method="GET", query={"text": "{text}"})
    assert service.asked[0].method == "GET"
    assert service.asked[0].query == {"text": NASTY}


def test_ssml_is_escaped(service: Service, speak: Callable[..., audio.Sound]) -> None:
    import xml.etree.ElementTree as ET

    speak(NASTY, content='<speak><voice name="{voice}">{text}</voice></speak>', escape="xml")
    told = ET.fromstring(service.asked[0].body)
    assert told[0].get("name") == "alena"
    assert (told[0].text or "").split() == NASTY.split()


def test_secrets_come_from_the_environment(
    service: Service, speak: Callable[..., audio.Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_KEY", "ge{uuid}heim")
    speak(headers={"Authorization": "Api-Key ${TTS_KEY}", "X-Voice": "{voice}"})
    assert service.asked[0].headers["Authorization"] == "Api-Key ge{uuid}heim"
    assert service.asked[0].headers["X-Voice"] == "alena"
    monkeypatch.delenv("TTS_KEY")
    with pytest.raises(EngineError, match="TTS_KEY is not set") as caught:
        speak(headers={"Authorization": "Api-Key ${TTS_KEY}"})
    assert caught.value.down
    monkeypatch.setenv("TTS_KEY", "two\nlines")
    with pytest.raises(EngineError, match="no header may hold") as caught:
        speak(headers={"Authorization": "Api-Key ${TTS_KEY}"})
    assert "two" not in str(caught.value)


def test_a_token_is_fetched_once_and_again_when_old(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUTE", "a2V5")
    handed: list[str] = []

    def hand_out() -> Answer:
        handed.append(f"token{len(handed)}")
        return Answer(json.dumps({"access_token": handed[-1]}).encode(), kind="application/json")

    service.by_path["/oauth"] = hand_out
    now = [1000.0]
    monkeypatch.setattr(http_service.time, "monotonic", lambda: now[0])
    config = HttpVoice(
        url=service.url,
        local=True,
        content="{text}",
        headers={"Authorization": "Bearer {token}"},
        languages={"ru": "Nec"},
        token=Token(
            url=service.url.replace("/tts", "/oauth"),
            headers={"Authorization": "Basic ${SALUTE}", "RqUID": "{uuid}"},
            form={"scope": "SALUTE_SPEECH_PERS"},
            lifetime_s=1500,
        ),
    )
    engine = config.open()
    engine.speak("раз", "ru")
    engine.speak("два", "ru")
    now[0] += 1501
    engine.speak("три", "ru")
    engine.close()
    spoken = [one.headers["Authorization"] for one in service.asked if one.path == "/tts"]
    assert spoken == ["Bearer token0", "Bearer token0", "Bearer token1"]
    first = next(one for one in service.asked if one.path == "/oauth")
    assert first.headers["Authorization"] == "Basic a2V5"
    assert len(first.headers["RqUID"]) == 36
    assert first.body == b"scope=SALUTE_SPEECH_PERS"


def test_base64_in_json(service: Service, speak: Callable[..., audio.Sound]) -> None:
    packed = json.dumps({"result": {"audioChunk": {"data": base64.b64encode(WAV).decode()}}}).encode()
    service.answers = [Answer(packed, kind="application/json")]
    assert len(speak(audio_field="result.audioChunk.data").samples) == 4000
    with pytest.raises(EngineError, match=r"has no result\.sound"):
        speak(audio_field="result.sound")


def test_bare_pcm_has_the_rate_that_was_configured(service: Service, speak: Callable[..., audio.Sound]) -> None:
    service.answers = [Answer(b"\x10\x20" * 24000, kind="application/octet-stream")]
    sound = speak(audio="pcm", sample_rate=24000)
    assert (sound.rate, len(sound.samples)) == (24000, 24000)


@pytest.mark.parametrize(
    ("answer", "why", "down"),
    [
        (Answer(b'{"error": "bad key"}', 401, "application/json"), "answers 401: .*bad key", True),
        (Answer(b"", 302, headers={"Location": "http://elsewhere/"}), "answers 302", True),
        (Answer(b"text too long", 400, "text/plain"), "answers 400: text too long", False),
        (Answer(b"<html>limit</html>", 200, "text/html"), "text, not with sound: <html>limit", False),
        (Answer(b"oops", 503, "text/plain"), "answers 503: oops", True),
        (Answer(breaks=True), "cannot be reached", True),
    ],
)
def test_refusals_are_told_apart(
    answer: Answer, why: str, down: bool, service: Service, speak: Callable[..., audio.Sound]
) -> None:
    service.answers = [answer]
    with pytest.raises(EngineError, match=why) as caught:
        speak()
    assert caught.value.down is down
    assert "\n" not in str(caught.value)


def test_a_service_that_is_busy_is_asked_again(service: Service, speak: Callable[..., audio.Sound]) -> None:
    service.answers = [Answer(status=503), Answer(status=429, headers={"Retry-After": "0"}), Answer(WAV)]
    assert len(speak().samples) == 4000
    assert len(service.asked) == 3


def test_an_answer_that_is_no_sound(service: Service, speak: Callable[..., audio.Sound]) -> None:
    service.answers = [Answer(b"garbage", kind="audio/wav")]
    with pytest.raises(SoundError, match="no wav"):
        speak()


def test_an_endless_answer_is_cut(
    service: Service, speak: Callable[..., audio.Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_service, "MAX_SOUND_BYTES", 100_000)
    service.answers = [Answer(b"\0" * 300_000)]
    with pytest.raises(EngineError, match="sends more than"):
        speak()


def test_a_service_that_does_not_answer(service: Service, speak: Callable[..., audio.Sound]) -> None:
    release = threading.Event()

    def hang() -> Answer:
        release.wait(10)
        return Answer(WAV)

    service.by_path["/tts"] = hang
    try:
        with pytest.raises(EngineError, match=r"did not answer within 0\.1 s"):
            speak(timeout_s=0.1, retries=0)
    finally:
        release.set()


def test_nobody_listens(speak: Callable[..., audio.Sound], service: Service) -> None:
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        HttpVoice(
            url="http://127.0.0.1:9/", languages={"ru": "x"}, content="{text}", retries=0, local=True
        ).open().speak("да", "ru")
    assert caught.value.down


def test_a_local_service_is_never_asked_through_a_proxy(
    service: Service, speak: Callable[..., audio.Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert len(speak(local=True).samples) == 4000
    with pytest.raises(EngineError, match="cannot be reached"):
        speak(local=False, retries=0)
