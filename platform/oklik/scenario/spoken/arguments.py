"""The literal arguments of a filter: taken one by one, checked, and leftovers refused.

The parser fills Arguments, the filters empty it; neither knows the other.
"""

from collections.abc import Collection, Mapping, Sequence

from oklik.scenario.spoken.grammar import CASE_NAMES, GENDER_NAMES, Case, Gender
from oklik.scenario.spoken.prepositions import PREPOSITIONS

Literal = str | int


# What the arguments of filters are called in Russian.
_RUSSIAN = {
    "currency": "валюта",
    "case": "падеж",
    "gender": "род",
    "noun": "существительное",
    "plural": "множественное число (plural)",
    "masculine": "форма для мужчины",
    "feminine": "форма для женщины",
    "neutral": "форма для тех, чей пол неизвестен",
    "column": "столбец (column)",
    "year": "год (year)",
    "near": "близкие дни (near)",
    "preposition": "предлог (preposition)",
    "kopecks": "копейки (kopecks)",
    "clock": "часы (clock)",
    "style": "стиль (style)",
    "group": "сколько цифр вместе (group)",
    "read": "как читать группы (read)",
    "animate": "одушевлённое (animate)",
}


class BadArgument(Exception):
    """An argument does not fit.  index: which one, from 0; None: the filter as a whole."""

    def __init__(self, index: int | str | None, message: str, message_ru: str) -> None:
        self.index = index
        self.message = message
        self.message_ru = message_ru
        super().__init__(message)


class Arguments:
    """The literal arguments of a filter; each is taken once, and leftovers are refused."""

    def __init__(self, positional: Sequence[Literal], named: Mapping[str, Literal]) -> None:
        self._positional = list(positional)
        self._named = dict(named)
        self._used = 0
        self._preposition: str | None = None

    def text(self, name: str, *, positional: bool = True) -> tuple[int | str, str] | None:
        """(where it stood, text) of the next positional argument or the one of this name, or None."""
        where: int | str
        if positional and self._used < len(self._positional):
            where, value = self._used, self._positional[self._used]
            self._used += 1
        elif name in self._named:
            where, value = name, self._named.pop(name)
        else:
            return None
        if not isinstance(value, str) or not value.strip():
            raise BadArgument(where, f"{name} must be a text in quotes", f"{_RUSSIAN[name]}: нужен текст в кавычках")
        return where, value.strip()

    def required(self, name: str) -> tuple[int | str, str]:
        """The same, but it must be there."""
        found = self.text(name)
        if found is None:
            raise BadArgument(None, f"{name} is missing", f"не указано: {_RUSSIAN[name]}")
        return found

    def choice(self, name: str, choices: Collection[str], shown: str = "", *, positional: bool = True) -> str | None:
        """A text out of these, or None.  shown: the choices as an error names them, all without it."""
        if isinstance(self._named.get(name), int):
            self._named[name] = str(self._named[name])  # clock=12
        found = self.text(name, positional=positional)
        if found is None:
            return None
        where, value = found
        if value.lower() not in {choice.lower() for choice in choices}:
            some = shown or ", ".join(choices)
            raise BadArgument(
                where,
                f"{name} {value!r} is none of: {some}",
                f"{_RUSSIAN[name]} «{value}»: нужно одно из: {some}",
            )
        return next(choice for choice in choices if choice.lower() == value.lower())

    def preposition(self, choices: Collection[str]) -> str | None:
        """preposition='в': a preposition that the filter says itself.  To be asked before the case."""
        self._preposition = self.choice("preposition", choices, positional=False)
        return self._preposition

    def case(self) -> Case:
        """A case by its Russian or English name; without one what the preposition governs, else the nominative."""
        governed = PREPOSITIONS[self._preposition] if self._preposition else ()
        at = self._used if self._used < len(self._positional) else "case"
        name = self.choice("case", CASE_NAMES, "nom, gen, dat, acc, ins, prep (им, род, дат, вин, тв, пр)")
        if name is None:
            return governed[0] if governed else Case.NOM
        case = CASE_NAMES[name]
        if governed and case not in governed:
            fit = ", ".join(one.name.lower() for one in governed)
            raise BadArgument(
                at,
                f"after {self._preposition!r} the case is {fit}, not {name!r}",
                f"после «{self._preposition}» нужен падеж {fit}, а не «{name}»",
            )
        return case

    def gender(self) -> Gender:
        """A grammatical gender; masculine without one."""
        return self.gender_or_none() or Gender.MASC

    def gender_or_none(self, *, positional: bool = True) -> Gender | None:
        """A grammatical gender, if it is given."""
        name = self.choice("gender", GENDER_NAMES, "m, f, n (м, ж, с)", positional=positional)
        return GENDER_NAMES[name] if name else None

    def done(self) -> None:
        """Refuse what nobody took."""
        if self._used < len(self._positional):
            raise BadArgument(self._used, "too many arguments", "лишний аргумент")
        if self._named:
            name = next(iter(self._named))
            raise BadArgument(name, f"unknown argument {name!r}", f"неизвестный аргумент {name}")
