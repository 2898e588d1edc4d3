"""Any speech service over HTTP: SpeechKit, SaluteSpeech, or a Silero or Piper server in one's own rack.

The request is described in the configuration as structure, not as text: {text}, {language} and {voice} are filled
into the leaves and encoded afterwards (JSON, form, query, XML), so no contact's name can break out of its place.
Secrets are named as ${VARIABLE} and read from the environment at the moment of use; recipes are in docs/voices.md.
Which places a secret may stand in, and how it is kept out of the database, is `http_places`.
"""

import os
import re
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal, Self
from xml.sax.saxutils import escape

import httpx
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oklik.speech import audio
from oklik.speech.engines import http_places
from oklik.speech.engines.base import (
    MAX_SOUND_BYTES,
    EngineConfig,
    EngineError,
    Stress,
    fill_secrets,
    header_secret,
    secret,
    variables,
)
from oklik.speech.engines.http_answers import snippet, token_of, unwrap

_KNOWN_HEADER = {"language", "voice", "token", "uuid"}
_RETRIED = {429, 500, 502, 503, 504}
_PLAIN_TEXT = re.compile(r"^(application/(problem\+)?json|text/|application/xml)", re.IGNORECASE)


class Token(BaseModel):
    """A service that gives short-lived tokens (OAuth): asked with a form, the answer is JSON.

    field: the key of the token in the answer.  lifetime_s: after so long a new one is fetched.  The token goes into a
    header of the voice as {token}; {uuid} in a header here is a fresh UUID a request.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://")
    headers: dict[str, str] = Field(default={})
    form: dict[str, str] = Field(default={})
    field: str = "access_token"
    lifetime_s: int = Field(default=1500, ge=10)


class HttpVoice(EngineConfig):
    """A speech service.

    body, at most one of: json (any structure), form (fields), content (a plain or SSML text with escape: xml).
    query: parameters of the address.  audio: wav, mp3, ogg, or pcm (16-bit little-endian mono) with its sample_rate.
    audio_field: the sound is base64 in a JSON answer, under this dotted path.  ca_file: certificates to trust besides.
    """

    kind: Literal["http"] = "http"
    name: str = Field(default="http", min_length=1, max_length=64)
    local: bool = False
    url: str = Field(pattern=r"^https?://")
    method: Literal["GET", "POST", "PUT"] = "POST"
    headers: dict[str, str] = Field(default={})
    query: dict[str, str] = Field(default={})
    body_json: JsonValue = Field(default=None, alias="json")
    form: dict[str, str] = Field(default={})
    content: str | None = None
    escape: Literal["none", "xml"] = "none"
    audio: Literal["wav", "mp3", "ogg", "pcm"] = "wav"
    sample_rate: int = Field(default=48000, ge=8000, le=96000)
    audio_field: str | None = None
    stress: Stress = Stress.NONE
    token: Token | None = None
    ca_file: str | None = None
    timeout_s: float = Field(default=15.0, gt=0, le=300)
    retries: int = Field(default=2, ge=0, le=10)
    retry_pause_s: float = Field(default=0.5, ge=0, le=60)

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="after")
    def _check(self) -> Self:
        bodies = [self.body_json is not None, bool(self.form), self.content is not None]
        if sum(bodies) > 1:
            raise ValueError("a request has one body: json, form or content")
        if self.method == "GET" and any(bodies):
            raise ValueError("a GET request has no body; use query")
        said = [text for place in self._bodies() for text in http_places.texts(place)]
        if not any("{text}" in text for text in said):
            raise ValueError(
                "{text} stands nowhere in json, form, content or query: the service would not learn what to say"
            )
        for text in said:
            # JSON of a foreign service may hold braces of its own; only our own names in the wrong place are errors
            if "{token}" in text or "{uuid}" in text:
                raise ValueError("{token} and {uuid} stand in headers only")
        self._check_places()
        return self

    def _bodies(self) -> tuple[Any, ...]:
        return self.body_json, self.form, self.content, self.query

    def _check_places(self) -> None:
        http_places.check_address("url", self.url)
        http_places.check_headers("headers", self.headers, _KNOWN_HEADER)
        http_places.check_in_headers(self.headers, self.languages)
        for field, place in (("query", self.query), ("form", self.form), ("json", self.body_json)):
            http_places.check_fields(field, place)
        if self.token is not None:
            http_places.check_address("token.url", self.token.url)
            http_places.check_headers("token.headers", self.token.headers, {"uuid"})
            http_places.check_fields("token.form", self.token.form)
            return
        for name, value in self.headers.items():
            if "{token}" in value:
                raise ValueError(f"headers: {name}: {{token}} needs the section token")

    def _deaf(self) -> set[str]:
        return {"headers", "token", "ca_file", "timeout_s", "retries", "retry_pause_s"}

    def secrets(self) -> list[str]:
        """Give what stands in the environment variables that it names."""
        token = self.token
        places = [self.headers, token.headers if token else None, *self._bodies(), token.form if token else None]
        names = {name for value in http_places.texts(places) for name in variables(value)}
        return [value for name in sorted(names) if (value := os.environ.get(name, "").strip())]

    def open(self) -> "HttpEngine":
        """Raises EngineError when a named environment variable or the certificate file is missing."""
        token = self.token
        for value in http_places.texts([self.headers, token.headers if token else None]):
            for name in variables(value):
                header_secret(name)
        for value in http_places.texts([*self._bodies(), token.form if token else None]):
            for name in variables(value):
                secret(name)
        return HttpEngine(self)


class HttpEngine:
    """Speaks through an HTTP service, on kept-alive connections."""

    def __init__(self, config: HttpVoice) -> None:
        import ssl

        self._config = config
        verify: ssl.SSLContext | bool = True
        if config.ca_file:
            verify = ssl.create_default_context()
            try:
                verify.load_verify_locations(config.ca_file)
            except OSError as error:
                raise EngineError(f"the certificate file {config.ca_file} cannot be read", down=True) from error
        # A local service is never asked through a proxy of the environment: personal texts would leave the house.
        self._client = httpx.Client(
            timeout=config.timeout_s, verify=verify, trust_env=not config.local, follow_redirects=False
        )
        self._token_lock = threading.Lock()
        self._token, self._token_until = "", 0.0

    def speak(self, text: str, language: str) -> audio.Sound:
        """See Engine."""
        config = self._config
        data = self._ask(config.stress.write(text), language)
        if config.audio_field:
            data = unwrap(data, config.audio_field, self._secrets())
        return audio.decode(data, config.audio, config.sample_rate)

    def _secrets(self) -> list[str]:
        """What no message may hold, even where the service says it back."""
        return [*self._config.secrets(), *([self._token] if self._token else [])]

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _ask(self, text: str, language: str) -> bytes:
        pause = self._config.retry_pause_s
        for tries_left in range(self._config.retries, -1, -1):
            try:
                return self._ask_once(text, language)
            except _TryAgain as again:
                if not tries_left:
                    raise EngineError(again.message, down=True) from again
                time.sleep(max(pause, again.after_s))
                pause *= 2
        raise AssertionError("the last try returns or raises")

    def _ask_once(self, text: str, language: str) -> bytes:
        config = self._config
        values = {"text": text, "language": language, "voice": config.languages[language]}
        headers = {name: self._header(value, values) for name, value in config.headers.items()}
        request = self._built(lambda: self._request(values, headers))
        return self._send(request, sound=config.audio_field is None)

    def _request(self, values: dict[str, str], headers: dict[str, str]) -> httpx.Request:
        config = self._config

        def fill(template: str) -> str:
            return fill_secrets(template, values)

        body: dict[str, Any] = {}
        if config.body_json is not None:
            body["json"] = http_places.filled(config.body_json, fill)
        elif config.form:
            body["data"] = http_places.filled(config.form, fill)
        elif config.content is not None:
            body["content"] = self._content(config.content, values).encode()
        query = http_places.filled(config.query, fill)
        return self._client.build_request(config.method, config.url, params=query or None, headers=headers, **body)

    def _content(self, template: str, values: dict[str, str]) -> str:
        if self._config.escape == "none":
            return fill_secrets(template, values)
        return fill_secrets(template, values | {"text": escape(values["text"])}, lambda name: escape(secret(name)))

    def _built(self, build: Callable[[], httpx.Request]) -> httpx.Request:
        try:
            return build()
        except (ValueError, TypeError, httpx.InvalidURL) as error:
            # Without the error's own words: they may hold what the request was built of.
            raise EngineError(f"the request cannot be built ({type(error).__name__})", down=False) from error

    def _header(self, template: str, values: dict[str, str]) -> str:
        filled = {name: value for name, value in values.items() if name != "text"} | {"uuid": str(uuid.uuid4())}
        if "{token}" in template:
            filled["token"] = self._fresh_token()
        return fill_secrets(template, filled, header_secret)

    def _fresh_token(self) -> str:
        asked = self._config.token
        assert asked is not None, "the configuration was checked"
        with self._token_lock:
            if time.monotonic() >= self._token_until:
                headers = {name: self._header(value, {}) for name, value in asked.headers.items()}
                form = http_places.filled(asked.form, lambda template: fill_secrets(template, {}))
                request = self._built(lambda: self._client.build_request("POST", asked.url, headers=headers, data=form))
                self._token = token_of(self._send(request, sound=False), asked.field, self._secrets())
                self._token_until = time.monotonic() + asked.lifetime_s
            return self._token

    def _send(self, request: httpx.Request, *, sound: bool) -> bytes:
        """The body of a good answer.  Raises EngineError, _TryAgain."""
        host = request.url.host
        try:
            answer = self._client.send(request, stream=True)
            try:
                data = _read(answer, host)
            finally:
                answer.close()
        except httpx.TimeoutException as error:
            raise _TryAgain(f"{host} did not answer within {self._config.timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise _TryAgain(f"{host} cannot be reached: {str(error)[:200] or type(error).__name__}") from error
        if answer.status_code in _RETRIED:
            raise _TryAgain(
                f"{host} answers {answer.status_code}: {snippet(data, self._secrets())}", _retry_after(answer)
            )
        if answer.status_code != 200:
            # 400 and 422 are about this text; everything else (401, 403, 404, a redirect) about all of them
            about_text = answer.status_code in (400, 413, 422)
            raise EngineError(
                f"{host} answers {answer.status_code}: {snippet(data, self._secrets())}", down=not about_text
            )
        if sound and _PLAIN_TEXT.match(answer.headers.get("content-type", "")):
            raise EngineError(f"{host} answers with text, not with sound: {snippet(data, self._secrets())}", down=False)
        return data


class _TryAgain(Exception):
    def __init__(self, message: str, after_s: float = 0.0) -> None:
        super().__init__(message)
        self.message = message
        self.after_s = after_s


def _read(answer: httpx.Response, host: str) -> bytes:
    held = bytearray()
    for piece in answer.iter_bytes():
        held += piece
        if len(held) > MAX_SOUND_BYTES:
            raise EngineError(f"{host} sends more than {MAX_SOUND_BYTES // 1024 // 1024} MB", down=False)
    return bytes(held)


def _retry_after(answer: httpx.Response) -> float:
    """Seconds the service asks for, within reason."""
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), 30.0) if asked.isdigit() else 0.0
