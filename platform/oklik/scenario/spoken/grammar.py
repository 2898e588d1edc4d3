"""Grammar shared by both languages' numerals: cases, genders, and a noun as numerals need it.

Plain tables and rules of agreement; where a noun's forms come from is the business of nouns.py.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Case(IntEnum):
    """The six Russian cases; the value is the place in every table of forms here."""

    NOM = 0
    GEN = 1
    DAT = 2
    ACC = 3
    INS = 4
    PREP = 5


class Gender(StrEnum):
    """Grammatical gender."""

    MASC = "m"
    FEM = "f"
    NEUT = "n"


CASE_NAMES: dict[str, Case] = {}
for _case, _names in {
    Case.NOM: "nom nominative именительный им",
    Case.GEN: "gen genitive родительный род",
    Case.DAT: "dat dative дательный дат",
    Case.ACC: "acc accusative винительный вин",
    Case.INS: "ins instrumental творительный тв",
    Case.PREP: "prep prepositional предложный пр",
}.items():
    CASE_NAMES |= dict.fromkeys(_names.split(), _case)

GENDER_NAMES: dict[str, Gender] = {
    "m": Gender.MASC,
    "masc": Gender.MASC,
    "м": Gender.MASC,
    "f": Gender.FEM,
    "fem": Gender.FEM,
    "ж": Gender.FEM,
    "n": Gender.NEUT,
    "neut": Gender.NEUT,
    "с": Gender.NEUT,
}

Forms = tuple[str, str, str, str, str, str]  # by Case


class Noun(NamedTuple):
    """A noun (with its adjective, if any) as numerals need it.

    few: after two, three, four in the nominative («белорусских рубля»); animate matters in the accusative.
    """

    singular: Forms
    few: str
    plural: Forms
    gender: Gender
    animate: bool = False

    def after(self, number: int, case: Case) -> str:
        """The form that stands after this many (number >= 0) in this case: «день», «дня», «дней», «дням»…"""
        if number % 1000 == 0:  # after ноль, тысяча, миллион: always the genitive plural
            return self.plural[Case.GEN]
        ones, tens = number % 10, number // 10 % 10
        if ones == 1 and tens != 1:
            return self.singular[case]
        if case not in (Case.NOM, Case.ACC):
            return self.plural[case]
        if 2 <= ones <= 4 and tens != 1:
            if case is Case.ACC and self.animate and number < 5:
                return self.plural[Case.GEN]
            return self.few
        return self.plural[Case.GEN]
