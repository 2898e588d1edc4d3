"""Which time zones a region of Russia has, by the name that people and the public numbering register write.

Names come as «Свердловская обл.», «обл. Свердловская», «г.о. Воронеж|Воронежская обл.», «Респ. Саха /Якутия/» or
«Екатеринбург»; what is compared is the word that tells them apart.  Which zone a region keeps is said by Federal Law
107-FZ; it is written here by one zone of the tz database for each offset.  Yakutia has three.
"""

import re
from functools import lru_cache

_WORDS = {
    "Europe/Kaliningrad": "калининградская калининград",
    "Europe/Moscow": """
        москва московская московское
        санкт-петербург петербург спб ленинградская севастополь крым адыгея дагестан ингушетия
        кабардино-балкарская кабардино-балкария калмыкия карачаево-черкесская карачаево-черкесия карелия коми марий-эл
        мордовия северная-осетия осетия алания татарстан чеченская чечня чувашская чувашия краснодарский ставропольский
        архангельская белгородская брянская владимирская волгоградская вологодская воронежская ивановская калужская
        кировская костромская курская липецкая мурманская нижегородская новгородская орловская пензенская псковская
        ростовская рязанская смоленская тамбовская тверская тульская ярославская ненецкий донецкая луганская
        запорожская херсонская
        архангельск белгород брянск владимир волгоград вологда воронеж грозный донецк иваново йошкар-ола
        казань калуга киров кострома краснодар курск липецк луганск майкоп махачкала мурманск нальчик нарьян-мар
        нижний-новгород великий-новгород новороссийск орел пенза петрозаводск псков ростов-на-дону рязань саранск
        симферополь смоленск сочи ставрополь сыктывкар тамбов тверь тула чебоксары череповец элиста ярославль
        магас черкесск владикавказ набережные-челны таганрог подольск химки балашиха мытищи королев люберцы дзержинск
    """,
    "Europe/Samara": """
        самарская саратовская ульяновская удмуртская удмуртия астраханская
        самара тольятти саратов энгельс ульяновск ижевск астрахань
    """,
    "Asia/Yekaterinburg": """
        башкортостан башкирия курганская оренбургская пермский свердловская тюменская челябинская ханты-мансийский хмао
        югра ямало-ненецкий янао
        уфа стерлитамак курган оренбург орск пермь екатеринбург нижний-тагил тюмень челябинск магнитогорск сургут
        нижневартовск ханты-мансийск салехард новый-уренгой ноябрьск
    """,
    "Asia/Omsk": "омская омск",
    "Asia/Krasnoyarsk": """
        алтай алтайский кемеровская кузбасс красноярский новосибирская томская тыва тува хакасия
        барнаул бийск горно-алтайск кемерово новокузнецк красноярск норильск новосибирск томск кызыл абакан
    """,
    "Asia/Irkutsk": "бурятия иркутская улан-удэ иркутск братск ангарск",
    "Asia/Yakutsk": "амурская забайкальский благовещенск чита якутск",
    "Asia/Vladivostok": """
        приморский хабаровский еврейская владивосток хабаровск комсомольск-на-амуре находка уссурийск биробиджан
    """,
    "Asia/Magadan": "магаданская сахалинская магадан южно-сахалинск",
    "Asia/Kamchatka": "камчатский камчатка чукотский чукотка петропавловск-камчатский анадырь",
}
_YAKUTIA = frozenset({"Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"})
_ZONES: dict[str, frozenset[str]] = {
    word: frozenset({zone}) for zone, words in _WORDS.items() for word in words.split()
} | {"саха": _YAKUTIA, "якутия": _YAKUTIA, "саха-якутия": _YAKUTIA}

# Words that say what kind of place it is, not which.
_KIND = re.compile(
    r"\b(?:обл(?:асть)?|край|респ(?:ублика)?|автономн(?:ый|ая)|авт|округ|ао|город(?:ской)?|г|го|гор|федеральн\w*|"
    r"значения|р-н|район|муниципальн\w*|народная|россия|рф)\b\.?"
)
# The register writes a town and its region with a bar between; several names of one place, or several places, else.
_PARTS = re.compile(r"[,;/()\\]+|\s+и\s+|\s+[-‐‑‒–—−]+\s+")
_SPACES = re.compile(r"[\s.]+|[‐‑‒–—−-]+")


@lru_cache(maxsize=20_000)
def zones_of_region(name: str) -> frozenset[str]:
    """Give the zones of a region or of one of its large towns; empty when the name is not known.

    Of a town and its region the region decides; of several regions all zones are possible.
    """
    for level in reversed(name.split("|")):
        found = [_ZONES.get(_key(part), frozenset()) for part in _PARTS.split(level)]
        if zones := frozenset().union(*found):
            return zones
    return frozenset()


def _key(part: str) -> str:
    bare = part.lower().replace("ё", "е").replace("г.о.", " ").replace("м.о.", " ")
    return _SPACES.sub("-", _KIND.sub(" ", bare).strip(" .,\"«»'")).strip("-")


def known_names() -> tuple[str, ...]:
    """Give every word that a zone is known for, sorted."""
    return tuple(sorted(_ZONES))
