"""What makes a file unusable as a list, in one clear line that says where."""


class ListError(Exception):
    """A list cannot be read.

    str() is one line in Russian, `text("en")` the same in English; source, sheet, row (1-based, as the sheet counts)
    and column say where, as far as known.  command: the option that helps, for who sits at a terminal.
    """

    def __init__(
        self,
        source: str,
        ru: str,
        en: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        command: str = "",
    ) -> None:
        self.command = command
        self.source = source
        self.sheet = sheet
        self.row = row
        self.column = column
        self._texts = {"ru": ru, "en": en}
        super().__init__(self.text("ru"))

    def text(self, language: str) -> str:
        """Return the line in "ru" or "en"."""
        words = {"ru": ("лист", "строка", "столбец"), "en": ("sheet", "row", "column")}[language]
        place = [self.source]
        if self.sheet is not None:
            place.append(f"{words[0]} «{self.sheet}»" if language == "ru" else f"{words[0]} “{self.sheet}”")
        if self.row is not None:
            place.append(f"{words[1]} {self.row}")
        if self.column is not None:
            place.append(f"{words[2]} {self.column}")
        return f"{', '.join(place)}: {self._texts[language]}"


class NoPhones(ListError):
    """A table in which no column of phones was found: it can be read once somebody says which it is."""
