"""Nouns that numerals count: currencies from a table, everything else from the dictionary of pymorphy3.

A noun that no dictionary knows is given by its three forms.  pymorphy3 loads in about 0.2 s, so it is loaded at the
first noun that needs it and never at import.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from oklik.scenario.spoken.grammar import Case, Forms, Gender, Noun


def _noun(singular: str, few: str, plural: str, gender: Gender) -> Noun:
    def forms(text: str) -> Forms:
        nom, gen, dat, acc, ins, prep = text.split("|") if "|" in text else text.split()
        return nom, gen, dat, acc, ins, prep

    return Noun(forms(singular), few, forms(plural), gender)


def _fixed(word: str) -> Noun:
    forms = (word,) * 6
    return Noun(forms, word, forms, Gender.MASC)


_CENT = _noun("цент цента центу цент центом центе", "цента", "центы центов центам центы центами центах", Gender.MASC)
_KOPECK = _noun(
    "копейка копейки копейке копейку копейкой копейке",
    "копейки",
    "копейки копеек копейкам копейки копейками копейках",
    Gender.FEM,
)


class Currency(NamedTuple):
    """A currency: its whole unit and its hundredth in Russian, the same in English as (one, many)."""

    whole: Noun
    part: Noun
    whole_en: tuple[str, str]
    part_en: tuple[str, str]


CURRENCIES: dict[str, Currency] = {
    "RUB": Currency(
        _noun(
            "рубль рубля рублю рубль рублём рубле",
            "рубля",
            "рубли рублей рублям рубли рублями рублях",
            Gender.MASC,
        ),
        _KOPECK,
        ("ruble", "rubles"),
        ("kopeck", "kopecks"),
    ),
    "USD": Currency(
        _noun(
            "доллар доллара доллару доллар долларом долларе",
            "доллара",
            "доллары долларов долларам доллары долларами долларах",
            Gender.MASC,
        ),
        _CENT,
        ("dollar", "dollars"),
        ("cent", "cents"),
    ),
    "EUR": Currency(_fixed("евро"), _CENT, ("euro", "euros"), ("cent", "cents")),
    # тенге is never declined; the dictionaries are wrong about it
    "KZT": Currency(
        _fixed("тенге"),
        _noun(
            "тиын тиына тиыну тиын тиыном тиыне",
            "тиына",
            "тиыны тиынов тиынам тиыны тиынами тиынах",
            Gender.MASC,
        ),
        ("tenge", "tenge"),
        ("tiyn", "tiyn"),
    ),
    # with the adjective, since a Russian ruble may stand in the same list
    "BYN": Currency(
        _noun(
            "белорусский рубль|белорусского рубля|белорусскому рублю|"
            "белорусский рубль|белорусским рублём|белорусском рубле",
            "белорусских рубля",
            "белорусские рубли|белорусских рублей|белорусским рублям|"
            "белорусские рубли|белорусскими рублями|белорусских рублях",
            Gender.MASC,
        ),
        _KOPECK,
        ("Belarusian ruble", "Belarusian rubles"),
        ("kopeck", "kopecks"),
    ),
}

# What the money filter says by itself.
CURRENCY_NOUNS = frozenset({"рубль", "доллар", "евро", "тенге", "ruble", "dollar", "euro"})

# Where counting takes other forms than the dictionary's plural.
_SPECIAL: dict[str, Noun] = {
    "год": _noun("год года году год годом годе", "года", "годы лет годам годы годами годах", Gender.MASC),
    "человек": _noun(
        "человек человека человеку человека человеком человеке",
        "человека",
        "люди человек людям человек людьми людях",
        Gender.MASC,
    )._replace(animate=True),
    "раз": _noun("раз раза разу раз разом разе", "раза", "разы раз разам разы разами разах", Gender.MASC),
    "тенге": CURRENCIES["KZT"].whole,
    "рубль": CURRENCIES["RUB"].whole,
    "копейка": CURRENCIES["RUB"].part,
}

_CASES = {
    Case.NOM: "nomn",
    Case.GEN: "gent",
    Case.DAT: "datv",
    Case.ACC: "accs",
    Case.INS: "ablt",
    Case.PREP: "loct",
}
_GENDERS = {"masc": Gender.MASC, "femn": Gender.FEM, "neut": Gender.NEUT, "ms-f": Gender.MASC}


class NotCountable(ValueError):
    """The words are not a noun that can be counted (no singular, not a noun, unknown)."""


@lru_cache(maxsize=1)
def morphology() -> Any:
    """The analyser of pymorphy3, loaded once."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=512)
def countable(words: str) -> Noun:
    """The noun of «день», «рабочий день» or «балл рейтинга», given in the nominative singular.

    The head noun and an adjective before it are declined; what follows the noun stays as it is.
    Raises NotCountable.
    """
    parts = words.lower().split()
    if not 1 <= len(parts) <= 3:
        raise NotCountable(words)
    if len(parts) == 1:
        return _single(parts[0])
    adjective = _parse(parts[0], "ADJF")
    if adjective is not None:
        noun = _described(adjective, _single(parts[1]))
        rest = parts[2:]
    else:
        noun = _single(parts[0])
        rest = parts[1:]
    if not rest:
        return noun
    tail = " " + " ".join(rest)
    return Noun(
        _followed(noun.singular, tail), noun.few + tail, _followed(noun.plural, tail), noun.gender, noun.animate
    )


def given(forms: str, gender: Gender | None, *, animate: bool = False) -> Noun:
    """The noun of «бонус|бонуса|бонусов», as it stands after one, two and five, for what no dictionary knows.

    gender: None to tell it by the ending.  What three forms cannot tell (the other cases of the noun) is "" in the
    tables: see `lacks`.  Raises NotCountable when there are not three forms of letters.
    """
    one, few, many = (*(form.strip() for form in forms.split("|")), "", "", "")[:3]
    if forms.count("|") != 2 or not all(_FORM.fullmatch(form) for form in (one, few, many)):
        raise NotCountable(forms)
    gender = gender or _GENDER_BY_ENDING.get(one[-1].lower(), Gender.MASC)
    accusative = one
    if gender is Gender.FEM:
        # an adjective before it would have an ending of its own
        ending = {"а": "у", "я": "ю", "ь": "ь"}.get(one[-1].lower())
        accusative = one[:-1] + ending if ending and " " not in one else ""
    elif gender is Gender.MASC and animate:
        accusative = few
    return Noun((one, few, "", accusative, "", ""), few, ("", many, "", many, "", ""), gender, animate)


_FORM = re.compile(r"[а-яё]+(?:[ -][а-яё]+){0,2}", re.IGNORECASE)
_GENDER_BY_ENDING = {"а": Gender.FEM, "я": Gender.FEM, "о": Gender.NEUT, "е": Gender.NEUT}


def lacks(noun: Noun, case: Case) -> bool:
    """Whether the noun's forms after numbers are not known in this case."""
    return not all(noun.after(number, case) for number in (0, 1, 2, 5))


def _followed(forms: Forms, tail: str) -> Forms:
    nom, gen, dat, acc, ins, prep = (form + tail for form in forms)
    return nom, gen, dat, acc, ins, prep


def _single(word: str) -> Noun:
    if word in _SPECIAL:
        return _SPECIAL[word]
    parse = _parse(word, "NOUN")
    if parse is None or parse.tag.gender not in _GENDERS:
        raise NotCountable(word)
    singular, plural = _table(parse, {"sing"}), _table(parse, {"plur"})
    return Noun(
        singular,
        singular[Case.GEN],
        plural,
        _GENDERS[parse.tag.gender],
        parse.tag.animacy == "anim",
    )


def _described(adjective: Any, noun: Noun) -> Noun:
    gender = {Gender.MASC: "masc", Gender.FEM: "femn", Gender.NEUT: "neut"}[noun.gender]
    animacy = frozenset({"anim" if noun.animate else "inan"})
    singular = _pairs(_table(adjective, {"sing", gender}, animacy), noun.singular)
    plural_adjective = _table(adjective, {"plur"}, animacy)
    # «два рабочих дня», but «две рабочие недели»
    few = plural_adjective[Case.NOM if noun.gender is Gender.FEM else Case.GEN]
    return Noun(
        singular,
        f"{few} {noun.few}",
        _pairs(plural_adjective, noun.plural),
        noun.gender,
        noun.animate,
    )


def _pairs(left: Forms, right: Forms) -> Forms:
    nom, gen, dat, acc, ins, prep = (f"{a} {b}" for a, b in zip(left, right, strict=True))
    return nom, gen, dat, acc, ins, prep


def _parse(word: str, part_of_speech: str) -> Any:
    """The likeliest reading of the word as this part of speech in the nominative singular, or None."""
    for parse in morphology().parse(word):
        if part_of_speech in parse.tag and {"nomn", "sing"} in parse.tag and parse.is_known:
            return parse
    return None


def _table(parse: Any, grammemes: set[str], animacy: frozenset[str] = frozenset()) -> Forms:
    forms = []
    for case in Case:
        # only the accusative of an adjective knows animacy
        wanted = grammemes | {_CASES[case]} | (animacy if case is Case.ACC and "femn" not in grammemes else set())
        inflected = parse.inflect(wanted)
        if inflected is None:
            raise NotCountable(parse.word)
        forms.append(inflected.word)
    nom, gen, dat, acc, ins, prep = forms
    return nom, gen, dat, acc, ins, prep
