"""People's names as lists hold them: «ИВАНОВ ИВАН ИВАНОВИЧ (жена)» to «Иван Иванович», and gender by patronymic.

What is said, the first rule that fits:
1. first name and patronymic: «Иван Иванович» (also «Али Гасан оглы»);
2. first name and surname in this order, when the dictionary tells which is which or the list has «Фамилия И. О.»
   reversed: «Иван Петров»; a first name alone would not tell the right party from a namesake at home;
3. surname alone, when only initials follow: «Иванов»;
4. anything else (Latin names, one word, organisations, unknown order) as written, tidied.
Surnames are never declined.  Gender comes from the patronymic or a title (г-жа), never from the first name.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.grammar import Gender
from oklik.scenario.spoken.nouns import morphology

_TURKIC = {
    "оглы": Gender.MASC, "оглу": Gender.MASC, "угли": Gender.MASC, "улы": Gender.MASC, "уулу": Gender.MASC,
    "кызы": Gender.FEM, "гызы": Gender.FEM, "кизи": Gender.FEM, "қызы": Gender.FEM,
}  # fmt: skip
# Patronymics in -ич that do not end in -ович, -евич; surnames such as «Бабич» end so too, hence by name.
_SHORT_MASC = ("ильич", "кузьмич", "лукич", "фомич", "никитич", "саввич", "силыч", "игнатьич", "фокич", "титыч")
_MASC_ENDINGS = ("ович", "евич", "ьич")
_FEM_ENDINGS = ("овна", "евна", "ична")
_TITLES: dict[str, Gender | None] = {
    "г-н": Gender.MASC, "господин": Gender.MASC, "mr": Gender.MASC, "г-жа": Gender.FEM, "госпожа": Gender.FEM,
    "mrs": Gender.FEM, "ms": Gender.FEM, "miss": Gender.FEM, "гр": None, "гражданин": Gender.MASC,
    "гражданка": Gender.FEM, "ип": None, "dr": None,
}  # fmt: skip
_GENDER_WORDS = {
    **dict.fromkeys(("м", "муж", "мужской", "мужчина", "m", "male", "man"), Gender.MASC),
    **dict.fromkeys(("ж", "жен", "женский", "женщина", "f", "female", "woman"), Gender.FEM),
}
_ORGANISATIONS = {
    "ооо",
    "оао",
    "зао",
    "пао",
    "ао",
    "нко",
    "тсж",
    "снт",
    "гск",
    "муп",
    "гуп",
    "фгуп",
    "llc",
    "ltd",
    "inc",
}
_NOTES = re.compile(r"\([^)]*\)?|\[[^\]]*\]?|\{[^}]*\}?")
_CUT = re.compile(r"\s[-–—]\s|[/;|]|\s(?:и|and)\s|\s(?:тел|моб)\b|\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_INITIAL = re.compile(r"[^\W\d_]\.?")


class PersonName(NamedTuple):
    """A name taken apart; "" where a part is unknown.  spoken: what is said, see the rules above."""

    surname: str
    first: str
    patronymic: str
    gender: Gender | None
    spoken: str


def read_name(text: str) -> PersonName:
    """The name in a cell.  Raises Unreadable when there is nothing to say (no letters)."""
    return _read(text)


@lru_cache(maxsize=4096)
def _read(text: str) -> PersonName:
    cleaned, titled = _clean(text)
    if _ORGANISATIONS & set(cleaned.lower().split()):
        return PersonName("", "", "", None, cleaned)
    words = _joined_patronymic(_cased_all(cleaned))
    if not words:
        raise Unreadable("name")
    whole = " ".join(words)
    full = [word for word in words if not _INITIAL.fullmatch(word)]
    if len(full) < len(words):
        return _with_initials(full, whole, titled)
    at = _patronymic_at(words)
    if at is not None:
        gender = patronymic_gender(words[at])
        first, patronymic = words[at - 1], words[at]
        surname = " ".join(words[: at - 1] or words[at + 1 :])
        return PersonName(surname, first, patronymic, gender, f"{first} {patronymic}")
    if len(words) == 2 and all(re.fullmatch("[а-яё-]+", word.lower()) for word in words):
        return _two_words(words, titled)
    return PersonName("", "", "", titled, whole)


def _clean(text: str) -> tuple[str, Gender | None]:
    """The name without notes, titles and blanks, and the gender that a title told."""
    text = " ".join(_NOTES.sub(" ", text).replace("_", " ").replace("«", " ").replace("»", " ").split())
    before, comma, after = text.partition(",")
    # «Иванов, Иван Иванович» is one name; «Петрова Анна Сергеевна, мать» is a name and a note
    text = f"{before} {after}" if comma and " " not in before.strip() and " " in after.strip() else before
    text = _CUT.split(text.replace(",", " "), maxsplit=1)[0]
    text = re.sub(r"\b([^\W\d_])\.\s*(?=[^\W\d_])", r"\1. ", text)  # «И.И.» to «И. И.»
    words = [word.strip(".:;*\"'`?!") if len(word) > 2 else word for word in text.split()]
    titled = None
    while len(words) > 1 and words[0].lower().rstrip(".") in _TITLES:
        titled = titled or _TITLES[words[0].lower().rstrip(".")]
        del words[0]
    return " ".join(word for word in words if any(map(str.isalpha, word))), titled


def _cased_all(text: str) -> list[str]:
    """The words with capitals where names have them; «van» in «Ludwig van Beethoven» stays as it is."""
    mixed = not (text.isupper() or text.islower())
    return [word if mixed and word.isascii() and word.islower() else _cased(word) for word in text.split()]


def _cased(word: str) -> str:
    """ИВАНОВ, иванов to Иванов; O'NEIL to O'Neil; a word in mixed case (МакДональд) stays."""
    if len(word) == 1:
        return word.upper()
    if not (word.isupper() or word.islower()):
        return word
    return _LETTERS.sub(lambda match: match[0].lower() if match[0].lower() in _TURKIC else match[0].capitalize(), word)


def _joined_patronymic(words: list[str]) -> list[str]:
    """«Гасан оглы» made one part."""
    if len(words) > 2 and words[-1].lower() in _TURKIC:
        return [*words[:-2], f"{words[-2]} {words[-1]}"]
    return words


def patronymic_gender(word: str) -> Gender | None:
    """The gender that the ending of a patronymic tells, or None when the word is none."""
    lowered = word.lower().replace("ё", "е")
    ending = re.split("[ -]", lowered)[-1]
    if ending in _TURKIC and ending != lowered:
        return _TURKIC[ending]
    if lowered.endswith(_MASC_ENDINGS) or lowered in _SHORT_MASC:
        return Gender.MASC
    if lowered.endswith(_FEM_ENDINGS):
        return Gender.FEM
    return None


def _patronymic_at(words: list[str]) -> int | None:
    """Where the patronymic stands, or None.  «Роман Аркадьевич Абрамович»: the second word, not the third."""
    for at in range(1, min(len(words), 4)):
        gender = patronymic_gender(words[at])
        if gender is None or (len(words) == 2 and _other_gender(words[0], gender)):
            continue
        return at
    return None


def _other_gender(first: str, gender: Gender) -> bool:
    """Whether the dictionary knows the name with another gender only: in «Анна Абрамович» it is a surname."""
    genders = {parse.tag.gender for parse in morphology().parse(first) if "Name" in parse.tag}
    return bool(genders) and {Gender.MASC: "masc", Gender.FEM: "femn"}[gender] not in genders


def _with_initials(full: list[str], whole: str, titled: Gender | None) -> PersonName:
    """«Иванов И. И.» (the surname), «Иванов Иван И.» (first name and surname)."""
    if len(full) == 1:
        return PersonName(full[0], "", "", titled, full[0])
    if len(full) == 2:
        return _two_words(full, titled)
    return PersonName("", "", "", titled, " ".join(full) or whole)


def _two_words(words: list[str], titled: Gender | None) -> PersonName:
    """First name and surname in whichever order; as written when the dictionary cannot tell."""
    left, right = (_is_first_name(word) for word in words)
    if not left and not right:
        return PersonName("", "", "", titled, " ".join(words))
    first, surname = (words[0], words[1]) if left and not right else (words[1], words[0])
    return PersonName(surname, first, "", titled, f"{first} {surname}")


def _is_first_name(word: str) -> bool:
    return any("Name" in parse.tag and parse.is_known and "nomn" in parse.tag for parse in morphology().parse(word))


def read_gender(text: str) -> Gender | None:
    """The gender of a column's value («м», «жен.», «female») or of a name; None when neither tells."""
    word = text.strip().strip(".").lower()
    if word in _GENDER_WORDS:
        return _GENDER_WORDS[word]
    try:
        return _read(text).gender
    except Unreadable:
        return None
