"""May these be the phones of agents?  Asked when they are written down, and when a gateway becomes that of a trunk.

The gate asks again before each leg (agent_leg.py), for trunks come and go; here a person is told at once.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.destinations import HOME, NEVER, Destinations, nature
from oklik.dialing.endpoint import outside_number
from oklik.dialing.extensions import Outside, gate, short
from oklik.dialing.sentences import sentence


class PhoneRefused(ValueError):
    """An agent cannot have this phone.  text: one line in "ru" and "en"; str() gives the English one."""

    def __init__(self, phone: str, rule: str, number: str) -> None:
        self.text = {
            "ru": f"телефон оператора «{phone}»: {sentence(rule, {'number': number}, 'ru')}",
            "en": f"the agent's phone {phone!r}: {sentence(rule, {'number': number}, 'en')}",
        }
        super().__init__(self.text["en"])


def check_phones(phones: Iterable[str], outside: Outside, destinations: Destinations = HOME) -> None:
    """Make sure that no phone rings a premium, short or emergency number.  Raises PhoneRefused.

    Which countries are open is asked only when a phone is rung: that may change.
    """
    for phone in phones:
        number, code = outside_number(phone), short(phone)
        if number and (kind := nature(number).kind) in NEVER:
            raise PhoneRefused(phone, f"destination_{kind}", number)
        if code and destinations.emergency(code):
            raise PhoneRefused(phone, "destination_short", code)
        if outside.bars(phone):
            raise PhoneRefused(phone, "destination_extension", code)


def outside_of(conn: Connection, more: Sequence[tuple[str, Sequence[str]]] = (), *, besides: int = 0) -> Outside:
    """Give the gateways and hosts of all trunks.  more: dial strings to come; besides: a trunk to leave out."""
    rows = run(conn, "SELECT dial_string, extensions FROM trunk WHERE id <> :besides", besides=besides).all()
    return Outside([*((row.dial_string, row.extensions) for row in rows), *more])


def phones_behind(conn: Connection, dial_string: str) -> list[str]:
    """Give the agents' phones that go through the gateway or host of a dial string."""
    through = gate(dial_string)
    if not through:
        return []
    phones = run(conn, "SELECT DISTINCT endpoint FROM membership ORDER BY 1").scalars()
    return [phone for phone in phones if gate(phone) == through]
