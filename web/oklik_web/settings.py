"""What the web process is told: one line of JSON on standard input."""

import msgspec


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """host, port: where to listen (port 0: any free one).  zone: of the office; language: where a request names none.

    requests, per_s: so many requests of one token in so many seconds at most.  body_bytes: of a request at most.
    silent_s: a client that says nothing for so long, in the middle of a request or after one, is hung up on.
    destinations: what may be dialed, as in OKLIK_DESTINATIONS.  recordings: the folder of recorded calls, "" for none.
    prompts: folder of rendered clips, "" where nothing is to be spoken; voices, dictionary, recorded: as OKLIK_VOICES,
    OKLIK_DICTIONARY, OKLIK_RECORDINGS.
    incoming: the folder of lists for standing campaigns; reports: of reports that jobs have written.
    secret: signs cookies; "" for one of this process's own.  proxies: networks whose X-Forwarded-* is believed.
    switch_conf: the folder of the switch's configuration, "" where it lies on another machine.
    certificate, key: files for https, "" for plain http.  hash_rounds, hash_kib: of argon2id.
    """

    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8020
    zone: str = "Europe/Moscow"
    language: str = "ru"
    requests: int = 300
    per_s: float = 5.0
    body_bytes: int = 1 << 20
    silent_s: float = 30.0
    destinations: str = "RU"
    recordings: str = ""
    prompts: str = ""
    voices: str = ""
    dictionary: str = ""
    recorded: str = ""
    incoming: str = ""
    reports: str = ""
    secret: str = ""
    proxies: tuple[str, ...] = ()
    switch_conf: str = ""
    certificate: str = ""
    key: str = ""
    hash_rounds: int = 3
    hash_kib: int = 65536


class SettingsError(ValueError):
    """The line cannot be read."""


def read_settings(line: bytes) -> WebSettings:
    """Read the line.  Raises SettingsError."""
    try:
        return msgspec.json.decode(line, type=WebSettings)
    except msgspec.MsgspecError as error:
        raise SettingsError(f"web settings: {error}") from None
