"""Which column of a list is which column of the scenario: by name, by title in any language, or by alias.

Case, blanks, punctuation and ё do not matter.  Reading the list is the importer's business.
"""

import unicodedata
from collections.abc import Sequence

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import texts

__all__ = ["ColumnsMissing", "match"]


class ColumnsMissing(ValueError):
    """The list lacks columns that the scenario needs.  missing: their titles; headers: what the list has."""

    def __init__(self, missing: Sequence[str], headers: Sequence[str]) -> None:
        self.missing, self.headers = tuple(missing), tuple(headers)
        wanted = ", ".join(f"«{title}»" for title in self.missing)
        seen = ", ".join(f"«{header}»" for header in self.headers if header.strip())
        self.text = {
            "ru": f"в списке нет нужных столбцов: {wanted}; {f'есть: {seen}' if seen else 'столбцов нет'}",
            "en": f"the list lacks columns: {wanted}; {f'it has: {seen}' if seen else 'it has none'}",
        }
        super().__init__(self.text["en"])


def match(scenario: Scenario, headers: Sequence[str], *, lenient: bool = False) -> dict[str, str]:
    """The list's header for each column of the scenario that was found.

    A header serves one column; an exact name goes before a title, a title before an alias.
    Raises ColumnsMissing naming every required column that was not found, unless lenient.
    """
    free: dict[str, str] = {}
    for header in headers:
        free.setdefault(_plain(header), header)
    free.pop("", None)
    found: dict[str, str] = {}
    for rank in range(3):
        for name, column in scenario.columns.items():
            spellings = ((name,), texts(column.title, scenario.languages).values(), column.aliases)[rank]
            for spelling in spellings:
                if name not in found and _plain(spelling) in free:
                    found[name] = free.pop(_plain(spelling))
    missing = [name for name, column in scenario.columns.items() if column.required and name not in found]
    if missing and not lenient:
        raise ColumnsMissing([scenario.heading(name) for name in missing], headers)
    return {name: found[name] for name in scenario.columns if name in found}


def _plain(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold().replace("ё", "е")
    return "".join(char for char in folded if char.isalnum())
