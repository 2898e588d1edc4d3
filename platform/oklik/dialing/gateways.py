"""What a person fills in about a trunk's gateway, which of it may go into the switch's configuration, and what the
switch's words for its state mean.

Every value is held to a full-match grammar of characters that neither XML nor FreeSWITCH's preprocessor gives a meaning
to; the file itself is made elsewhere (telephony.gateway_file).
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import msgspec


class Login(StrEnum):
    """How the carrier knows us: by user and password that we register with, or by our address."""

    REGISTRATION = "registration"
    ADDRESS = "address"


class NumberForm(StrEnum):
    """How the carrier wants a Russian number: +79161234567, 79161234567 or 89161234567."""

    PLUS = "plus"
    DIGITS = "digits"
    NATIONAL = "national"


class Dtmf(StrEnum):
    """How keys travel: as events among the sound (RFC 2833), as messages of SIP, or as tones in the sound."""

    RFC2833 = "rfc2833"
    INFO = "info"
    INBAND = "inband"


def best_dtmf(ways: Collection[str]) -> Dtmf | None:
    """Give the most reliable of the ways in which keys were heard (values of Dtmf, and others); None: of none.

    Events among the sound are of the sound's own time and survive every codec; messages of SIP come late, and tones
    are guessed at.
    """
    return next((one for one in (Dtmf.RFC2833, Dtmf.INFO, Dtmf.INBAND) if one in ways), None)


class CallerIdRule(StrEnum):
    """Which header shows our number: From, P-Asserted-Identity or Remote-Party-ID."""

    FROM = "from"
    PAI = "pai"
    RPID = "rpid"


CODECS: Final = ("PCMA", "PCMU", "G722", "OPUS")
_PLACES: Mapping[NumberForm, str] = {
    NumberForm.PLUS: "{number}",
    NumberForm.DIGITS: "{digits}",
    NumberForm.NATIONAL: "{national}",
}


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway.  name: at the switch; host: NAME or ADDRESS, with :PORT; user: "" where the carrier gave none.

    nat_address: the address the carrier sees, "" for the node's own.  ping: seconds between OPTIONS, 0: none.
    """

    name: str
    login: Login
    host: str
    user: str = ""
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    dtmf: Dtmf = Dtmf.RFC2833
    caller_id: CallerIdRule = CallerIdRule.FROM
    nat_address: str = ""
    ping: int = 0


class GatewayFault(ValueError):
    """It cannot go into the configuration.  field: of Gateway, or password; text: one line in "ru" and "en"."""

    def __init__(self, field: str, ru: str, en: str) -> None:
        self.field, self.text = field, {"ru": ru, "en": en}
        super().__init__(en)


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,10}}(?::([0-9]{{1,5}}))?", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9._+*#!~=-]{1,64}", re.ASCII)
# No blank, and none of $ " ' < > & which FreeSWITCH's preprocessor or XML would read as something else.
_PASSWORD = re.compile(r"(?:(?![$\"'<>&])[!-~]){1,128}", re.ASCII)
_OURS = re.compile(r"oklik-[1-9][0-9]{0,17}", re.ASCII)
MOST_PING: Final = 3600
LEAST_PING: Final = 5  # FreeSWITCH refuses shorter ones


def name_of(trunk_id: int) -> str:
    """Give the name of a trunk's gateway at the switch: nobody types it."""
    return f"oklik-{trunk_id}"


def is_ours(name: str) -> bool:
    """Whether this is the name of a gateway that a page has made."""
    return _OURS.fullmatch(name) is not None


def dial_string(name: str, form: NumberForm) -> str:
    """Give the dial string of a trunk over this gateway."""
    return f"sofia/gateway/{name}/{_PLACES[form]}"


def form_of(dial_string_: str) -> NumberForm | None:
    """Give the number's form in a dial string; None where it is another one's."""
    return next((form for form, place in _PLACES.items() if dial_string_.endswith("/" + place)), None)


def check(gateway: Gateway) -> None:
    """Raise GatewayFault unless every value may go into the configuration."""
    found = _HOST.fullmatch(gateway.host)
    if not is_ours(gateway.name):
        raise GatewayFault("name", "недопустимое имя шлюза", "not a name of a gateway of ours")
    if found is None or len(gateway.host) > 200 or not 0 < int(found[1] or 5060) < 65536:
        raise GatewayFault(
            "host",
            "адрес сервера — имя или IP-адрес, возможно с портом: sip.operator.ru или 203.0.113.5:5060",
            "a server is a name or an IP address, perhaps with a port: sip.carrier.example or 203.0.113.5:5060",
        )
    if gateway.login is Login.REGISTRATION and not gateway.user:
        raise GatewayFault(
            "user", "для регистрации нужен логин от оператора", "a registration needs the carrier's user"
        )
    if gateway.user and not _USER.fullmatch(gateway.user):
        raise GatewayFault(
            "user",
            "логин — до 64 латинских букв, цифр и знаков . _ + * # ! ~ = - (без @ и адреса сервера)",
            "a user is up to 64 Latin letters, digits and . _ + * # ! ~ = - (without @ and the server)",
        )
    if not gateway.codecs or len(set(gateway.codecs)) != len(gateway.codecs) or set(gateway.codecs) - set(CODECS):
        raise GatewayFault(
            "codecs", f"кодеки: один или несколько из {', '.join(CODECS)}", f"codecs are some of {', '.join(CODECS)}"
        )
    if gateway.nat_address and not _is_address(gateway.nat_address):
        raise GatewayFault(
            "nat_address",
            "внешний адрес — IP-адрес, каким его видит оператор: 203.0.113.10",
            "the outer address is the IP address that the carrier sees: 203.0.113.10",
        )
    if gateway.ping and not LEAST_PING <= gateway.ping <= MOST_PING:
        told = f"{LEAST_PING}…{MOST_PING}"
        raise GatewayFault("ping", f"проверка связи: 0 или {told} секунд", f"the probe: 0 or {told} seconds")


def check_password(password: str) -> None:
    """Raise GatewayFault unless it may go into the configuration; it is never repeated."""
    if not _PASSWORD.fullmatch(password):
        raise GatewayFault(
            "password",
            "пароль — до 128 латинских букв, цифр и знаков, кроме пробела и $ \" ' < > &, которые коммутатор прочёл бы "
            "иначе; попросите у оператора другой",
            "a password is up to 128 Latin letters, digits and signs, but no blank and none of $ \" ' < > &, which the "
            "switch would read in another way; ask the carrier for another one",
        )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # an interface's name, which is free text


class Condition(StrEnum):
    """How a gateway is, for people."""

    REGISTERED = "registered"
    READY = "ready"  # nothing to register: the carrier knows our address
    TRYING = "trying"
    WRONG_LOGIN = "wrong_login"
    UNKNOWN_USER = "unknown_user"
    REFUSED = "refused"  # for another reason
    NO_ANSWER = "no_answer"
    MISSING = "missing"  # the switch has no such gateway
    UNKNOWN = "unknown"  # no dialer has asked yet, or none lives
    APPLYING = "applying"  # what was changed has not reached the switch yet


MISSING: Final = "MISSING"
_WORDS: Mapping[str, Condition] = {
    MISSING: Condition.MISSING,
    "REGED": Condition.REGISTERED,
    "REGISTER": Condition.TRYING,  # the carrier has just said yes; calls are let through a moment later
    "UNREGED": Condition.TRYING,
    "TRYING": Condition.TRYING,
    "UNREGISTER": Condition.TRYING,
    "EXPIRED": Condition.TRYING,
    "DOWN": Condition.NO_ANSWER,
    "TIMEOUT": Condition.NO_ANSWER,
}
_STATUSES: Mapping[int, Condition] = {
    401: Condition.WRONG_LOGIN,
    403: Condition.WRONG_LOGIN,
    407: Condition.WRONG_LOGIN,
    404: Condition.UNKNOWN_USER,
    0: Condition.REFUSED,
    408: Condition.NO_ANSWER,
    480: Condition.NO_ANSWER,
    502: Condition.NO_ANSWER,
    503: Condition.NO_ANSWER,
    504: Condition.NO_ANSWER,
}


def condition(state: str, sip_status: int, *, up: bool) -> Condition:
    """Say how a gateway is.  state: the switch's word; sip_status: of the last refused registration, 0: not known."""
    if state == "NOREG":
        return Condition.READY if up else Condition.NO_ANSWER
    if state in {"FAILED", "FAIL_WAIT"}:
        return _STATUSES.get(sip_status, Condition.REFUSED)
    found = _WORDS.get(state, Condition.UNKNOWN)
    if found is Condition.TRYING and sip_status >= 400:  # trying again, after a refusal that people should see
        return _STATUSES.get(sip_status, Condition.REFUSED)
    return Condition.NO_ANSWER if found is Condition.REGISTERED and not up else found
