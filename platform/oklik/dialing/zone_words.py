"""Time zones as people call them: a town of the zone, and how far its clocks are from Moscow's or from UTC."""

import datetime as dt

from oklik.dialing.zones import MOSCOW_OFFSET, tzinfo

# All zones of Russia, and those that phone numbers of +7 may lie in besides: "ru"; English is the database's own.
_TOWNS = {
    "Europe/Kaliningrad": "Калининград",
    "Europe/Moscow": "Москва",
    "Europe/Simferopol": "Симферополь",
    "Europe/Kirov": "Киров",
    "Europe/Volgograd": "Волгоград",
    "Europe/Astrakhan": "Астрахань",
    "Europe/Saratov": "Саратов",
    "Europe/Ulyanovsk": "Ульяновск",
    "Europe/Samara": "Самара",
    "Asia/Yekaterinburg": "Екатеринбург",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Barnaul": "Барнаул",
    "Asia/Tomsk": "Томск",
    "Asia/Novokuznetsk": "Новокузнецк",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск",
    "Asia/Chita": "Чита",
    "Asia/Yakutsk": "Якутск",
    "Asia/Khandyga": "Хандыга",
    "Asia/Vladivostok": "Владивосток",
    "Asia/Ust-Nera": "Усть-Нера",
    "Asia/Magadan": "Магадан",
    "Asia/Sakhalin": "Южно-Сахалинск",
    "Asia/Srednekolymsk": "Среднеколымск",
    "Asia/Kamchatka": "Петропавловск-Камчатский",
    "Asia/Anadyr": "Анадырь",
    "Asia/Almaty": "Алматы",
    "Asia/Aqtobe": "Актобе",
}


def zone_words(zone: str, language: str, at: dt.datetime) -> str:
    """Name a zone: «Омск (МСК+3)», "Omsk (UTC+6)", «МСК+2» for one without a town.

    zone: as `zones` names it; at: when, for clocks that are put forward.  Raises ZoneError.
    """
    offset = at.astimezone(tzinfo(zone)).utcoffset() or dt.timedelta()
    russian = language == "ru"
    town = _TOWNS.get(zone)
    # From Moscow where that is how people reckon; a bare offset in a list of ours was most likely written so, too.
    from_moscow = russian and (town is not None or "/" not in zone) and zone != "UTC"
    clock = _from("МСК", offset - MOSCOW_OFFSET) if from_moscow else _from("UTC", offset)
    if "/" not in zone:
        return clock
    name = town if russian and town else zone.rpartition("/")[2].replace("_", " ")
    return f"{name} ({clock})"


def _from(base: str, offset: dt.timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return base
    hours, rest = divmod(abs(minutes), 60)
    return f"{base}{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
