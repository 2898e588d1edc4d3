"""The filters of persons: how they are called, and words in the form of their gender."""

from dataclasses import dataclass

from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.filters import Context, Filter
from oklik.scenario.spoken.grammar import Gender
from oklik.scenario.spoken.names import read_gender, read_name


@dataclass(frozen=True)
class Name(Filter):
    """name: first name and patronymic (see names.py for what is said when they are not there)."""

    composed = False

    def speak(self, text: str, context: Context) -> str:  # noqa: ARG002
        """«Иван Иванович»."""
        return read_name(text).spoken


@dataclass(frozen=True)
class Surname(Filter):
    """surname: the surname as written, never declined; the whole name where none can be told."""

    composed = False

    def speak(self, text: str, context: Context) -> str:  # noqa: ARG002
        """«Иванов»."""
        name = read_name(text)
        return name.surname or name.spoken


@dataclass(frozen=True)
class GenderForm(Filter):
    """gender('должен', 'должна'[, neutral][, column='sex']): the form for the person's gender.

    The field is a name or a gender; column names another field that tells the gender when this one does not.
    The words are the scenario's own, so they count as fixed text, not as the person's value.
    """

    masculine: str
    feminine: str
    neutral: str | None
    column: str | None

    @property
    def fields(self) -> frozenset[str]:  # type: ignore[override]
        """The other field it reads."""
        return frozenset({self.column} if self.column else ())

    def speak(self, text: str, context: Context) -> str:
        """One of the forms; the neutral one, or Unreadable without it, when the gender is unknown."""
        gender = read_gender(text)
        if gender is None and self.column:
            gender = read_gender(context.values.get(self.column, ""))
        if gender is not None:
            return self.masculine if gender is Gender.MASC else self.feminine
        if self.neutral is None:
            raise Unreadable("gender")
        return self.neutral
