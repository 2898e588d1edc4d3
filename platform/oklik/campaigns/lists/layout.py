"""Where things are in a table: the header row, the columns of phones, the columns of time zones and regions.

Decided from the first rows only, by words of the header and by what stands below them.  The user's own word
(phone_column and the like, `Named`) goes before every guess.  Whose phones stand in a column, and which column tells
persons and contracts apart, is known in persons.py.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from oklik.campaigns.lists.cells import column_index, column_letter
from oklik.campaigns.lists.errors import ListError, NoPhones
from oklik.campaigns.lists.headers import folded, is_contract, is_person_key, role_of
from oklik.campaigns.lists.table import Row
from oklik.dialing.law.shapes import Role
from oklik.dialing.phones import read_phones
from oklik.dialing.regions import zones_of_region
from oklik.dialing.zones import ZoneError, parse_zone

HEAD_ROWS = 300
HEADER_WITHIN = 60  # rows above the header: titles, dates, logos

_STRONG = re.compile(r"телеф|\b(?:тел|моб)\b|^сот\b|мобил|сотов|phone|^(?:mobile|cell|tel|msisdn)\b|whats\s?app")
_WEAK = re.compile(r"^(?:номер|номера|номер абонента|абонент|контакт|контакты|number|numbers|contact)$")
# Phones of nobody on the list, and words around phones that are no phones: calling these would be a blunder.
_NOT_THEIRS = re.compile(
    r"менеджер|оператор|отдел|куратор|ответствен|работодат|банк|офис|"
    r"дата|время|кол-?во|количеств|комментар|статус|тариф|модель|manager|agent|operator|date|count|status"
)
_ZONE = re.compile(r"(?:час\w*\.? ?пояс|таймзон|врем\w* зон|time ?zone|^tz$|^utc|^мск|разниц\w* с моск)")
_ZONE_WEAK = re.compile(r"^(?:зона|пояс|zone)$")
_REGION = re.compile(r"^(?:регион|область|субъект|край|республика|region|province)\b")
_TOWN = re.compile(r"^(?:город|населенный пункт|нас\.? ?пункт|city|town)\b")
_KNOWN = re.compile(
    r"^(?:№|n|no|id|фио|ф\.? ?и\.? ?о\.?|имя|фамилия|отчество|клиент|должник|сумма|долг|остаток|дата|срок|договор|"
    r"адрес|город|регион|"
    r"email|e-mail|почта|name|first name|last name|customer|amount|debt|due|date|city|address|contract)\b"
)
_NUMBER = re.compile(r"[+-]?[\d\s.,]+%?")
PHONES_SHARE = 0.7  # of the filled cells of a column that has no telling header
HEADED_SHARE = 0.2  # of those under a telling one
KEYS_SHARE = 0.5  # of the filled rows that must have a key, where nobody has named its column
SAME_KEYS = 5  # so many rows with one and the same key: it is a code of something else


@dataclass(frozen=True)
class Named:
    """What the user has said of the columns, each by its header or letter.

    phones: those of the person's own phones, in order.  roles: those of other phones, and whose they are.
    person: that of the person key; contract: that of the contract.  "" or nothing: to be found.
    header_row: the number of the row of headers; None: to be found.  settled: persons and contracts are not looked for.
    without: columns that are not read at all.
    """

    phones: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    person: str = ""
    contract: str = ""
    header_row: int | None = None
    settled: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """header_row: its number in the sheet, 0 when there is none.  columns: names, unique, in order, and the index of
    each; the others are indexes of cells.  zones: columns that tell the time there, the surest first.  town: a column
    of towns; where it names a small one, that is nobody's mistake.  phones: the person's own come first; roles: whose
    each of them is.  person, contract: the columns that tell persons and their contracts apart.  left_out: indexes and
    names of columns that are not read."""

    header_row: int
    columns: tuple[str, ...]
    indexes: tuple[int, ...]
    phones: tuple[int, ...]
    zones: tuple[int, ...]
    town: int | None = None
    roles: tuple[Role, ...] = ()
    person: int | None = None
    contract: int | None = None
    left_out: tuple[tuple[int, str], ...] = ()


def find_layout(
    head: Sequence[Row], *, source: str, sheet: str | None, named: Named | None = None, country: str = "RU"
) -> Layout:
    """Find everything in the first rows of a table.  Raises ListError when there is no column of phones."""
    said = named or Named()
    words = [*said.phones, *said.roles, *filter(None, (said.person, said.contract)), *said.without]
    if said.header_row is None:
        position = _header_position(head, words, country)
    else:
        position = _row_position(head, said.header_row, source, sheet)
    names = head[position][1] if position is not None else []
    body = [cells for _, cells in head[0 if position is None else position + 1 :]]
    columns, indexes = _columns(names, body)

    def place(word: str) -> int:
        return _named(word, columns, indexes, source, sheet)

    whole = dict(zip(indexes, columns, strict=True))
    skipped = tuple(sorted((index, whole[index]) for index in {place(word) for word in said.without}))
    indexes = tuple(index for index in indexes if (index, whole[index]) not in skipped)
    columns = tuple(whole[index] for index in indexes)
    told = {place(word): role for word, role in said.roles.items()}
    if said.phones:
        found = {place(word): Role.OWN for word in said.phones}
    else:
        found = _phones_of_all(columns, indexes, body, country)
    found = {**found, **told}
    phones = sorted(found, key=lambda index: list(Role).index(found[index]))
    if not phones:
        seen = ", ".join(f"«{name}»" for name in columns[:30]) or "—"
        raise NoPhones(
            source,
            f"не найден столбец с телефонами; столбцы: {seen}. Укажите, какой из них с телефонами",
            f"no column with phones is found; columns: {seen}. Say which of them has the phones",
            sheet=sheet,
            command="--phone-column",
        )
    kinds = ((_ZONE, 0.0), (_ZONE_WEAK, PHONES_SHARE), (_REGION, PHONES_SHARE))
    zones = tuple(dict.fromkeys(_zone_indexes(kinds, columns, indexes, body)))
    town = next(_zone_indexes([(_TOWN, HEADED_SHARE)], columns, indexes, body), None)
    header_row = head[position][0] if position is not None else 0
    free = {name: index for name, index in zip(columns, indexes, strict=True) if index not in found}
    if said.settled:
        free = {}
    person = place(said.person) if said.person else _key_index(free, body)
    contract = place(said.contract) if said.contract else _contract_index(free, person)
    roles = tuple(found[index] for index in phones)
    return Layout(header_row, columns, indexes, tuple(phones), zones, town, roles, person, contract, skipped)


def outline(
    head: Sequence[Row], *, country: str = "RU", header_row: int | None = None
) -> tuple[int, tuple[str, ...], tuple[int, ...]]:
    """Give the header's row (0: none) and the columns with their indexes, whether there are phones or not."""
    if header_row is None:
        position = _header_position(head, (), country)
    else:
        position = next((at for at, (row, _) in enumerate(head) if row == header_row), None)
    names = head[position][1] if position is not None else []
    body = [cells for _, cells in head[0 if position is None else position + 1 :]]
    return (head[position][0] if position is not None else 0, *_columns(names, body))


@lru_cache(maxsize=1024)
def zone_of(text: str) -> str | None:
    """Return what a cell says of the time there, in a form that dialing.zones.where takes: a zone, or the region
    itself if it has several; None when it is not understood.
    """
    for candidate in (text, re.sub(r"\(.*?\)", "", text), *re.findall(r"\((.*?)\)", text)):
        with contextlib.suppress(ZoneError):
            return parse_zone(candidate)
    known = zones_of_region(text)
    return text.strip() if len(known) > 1 else next(iter(known), None)


def is_phone_header(text: str) -> bool:
    """Whether a header says that phones of the person, or of somebody near to them, stand below it."""
    flat = folded(text)
    return bool(_STRONG.search(flat)) and not _NOT_THEIRS.search(flat)


def speaks_of_phones(text: str) -> bool:
    """Whether phones stand below a header, whosesoever."""
    return bool(_STRONG.search(folded(text)))


# -- the header row -------------------------------------------------------------------------------------------


def _row_position(head: Sequence[Row], row: int, source: str, sheet: str | None) -> int | None:
    """Index in head of the row that the user has named; None for row 0: there is no header.  Raises ListError."""
    if row == 0:
        return None
    for position, (number, cells) in enumerate(head):
        if number == row and any(cells):
            return position
    raise ListError(
        source,
        f"строка {row} пуста или лежит слишком далеко: заголовок должен быть в первых {HEAD_ROWS} строках",
        f"row {row} is empty or too far below: the header must be among the first {HEAD_ROWS} rows",
        sheet=sheet,
    )


def _header_position(head: Sequence[Row], wanted: Sequence[str], country: str) -> int | None:
    """Index in head of the header row, None when the data begin at once."""
    names = {folded(word) for word in wanted}
    best: tuple[float, int] | None = None
    for position, (_, cells) in enumerate(head[:HEADER_WITHIN]):
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        if names and names <= {folded(cell) for cell in filled}:
            return position
        score = _header_score(filled, head, position, country)
        if score > 0 and (best is None or score > best[0]):
            best = (score, position)
    return best[1] if best else None


def _header_score(filled: list[str], head: Sequence[Row], position: int, country: str) -> float:
    """How much a row looks like a header; 0 or less: not at all."""
    if any(read_phones(cell, country).numbers for cell in filled):
        return 0
    below = max((sum(map(bool, cells)) for _, cells in head[position + 1 : position + 21]), default=0)
    if len(filled) < 2 <= below:
        return 0  # a title
    phones = sum(1 for cell in filled if is_phone_header(cell) or _WEAK.search(folded(cell)))
    known = sum(1 for cell in filled if _KNOWN.search(folded(cell)))
    numbers = sum(1 for cell in filled if _NUMBER.fullmatch(cell))
    if not phones and (numbers or len(set(filled)) < len(filled)):
        return 0
    return 10 * bool(phones) + 2 * known + len(filled) / max(below, 1) - 4 * numbers


def _columns(names: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Unique names of the columns that have a header or data, and their indexes."""
    width = max((len(cells) for cells in (names, *body)), default=0)
    found: dict[str, int] = {}
    for index in range(width):
        name = re.sub(r"\s+", " ", names[index]) if index < len(names) else ""
        if not name and not any(index < len(cells) and cells[index] for cells in body):
            continue
        name = name or f"Столбец {column_letter(index)}"
        unique, count = name, 1
        while unique in found:
            count += 1
            unique = f"{name} ({count})"
        found[unique] = index
    return tuple(found), tuple(found.values())


# -- the columns of phones and zones --------------------------------------------------------------------------


def _named(word: str, columns: Sequence[str], indexes: Sequence[int], source: str, sheet: str | None) -> int:
    for name, index in zip(columns, indexes, strict=True):
        if folded(name) == folded(word):
            return index
    index_of_letters = column_index(word)
    if index_of_letters is not None and index_of_letters in indexes:
        return index_of_letters
    seen = ", ".join(f"«{name}»" for name in columns[:30])
    raise ListError(
        source,
        f"нет столбца «{word}»; есть {seen}",
        f"there is no column “{word}”; there are {seen}",
        sheet=sheet,
    )


def _phones_of_all(
    columns: Sequence[str], indexes: Sequence[int], body: Sequence[Sequence[str]], country: str
) -> dict[int, Role]:
    """The columns of phones and whose they are; none where there are only those of others."""
    roles = {index: role_of(name) for name, index in zip(columns, indexes, strict=True)}
    found = {index: roles[index] for index in _phone_indexes(columns, indexes, body, country)}
    return found if any(role in {Role.OWN, Role.WORK} for role in found.values()) else {}


def _key_index(free: Mapping[str, int], body: Sequence[Sequence[str]]) -> int | None:
    """The column of person keys, where its header leaves no doubt and what stands below can be one."""
    for name, index in free.items():
        if not is_person_key(name):
            continue
        filled = [cells[index] for cells in body if index < len(cells) and cells[index]]
        rows = sum(1 for cells in body if any(cells))
        same = len(filled) >= SAME_KEYS and len(set(filled)) == 1
        if filled and len(filled) >= KEYS_SHARE * rows and not same:
            return index
    return None


def _contract_index(free: Mapping[str, int], person: int | None) -> int | None:
    return next((index for name, index in free.items() if index != person and is_contract(name)), None)


def _phone_indexes(
    columns: Sequence[str], indexes: Sequence[int], body: Sequence[Sequence[str]], country: str
) -> list[int]:
    """Columns headed as phones, in order; else the one that holds the most phones."""
    shares = {index: _share(index, body, country) for index in indexes}
    headed = [index for name, index in zip(columns, indexes, strict=True) if is_phone_header(name)]
    if headed:
        return [index for index in headed if shares[index] >= HEADED_SHARE] or headed
    weak = [index for name, index in zip(columns, indexes, strict=True) if _WEAK.search(folded(name))]
    for candidates in (weak, [i for n, i in zip(columns, indexes, strict=True) if n.startswith("Столбец ")]):
        good = [index for index in candidates if shares[index] >= PHONES_SHARE]
        if good:
            return [max(good, key=lambda index: shares[index])]
    return []


def _share(index: int, body: Sequence[Sequence[str]], country: str) -> float:
    filled = [cells[index] for cells in body if index < len(cells) and cells[index]]
    if not filled:
        return 0.0
    return sum(1 for cell in filled if read_phones(cell, country).numbers) / len(filled)


def _zone_indexes(
    kinds: Sequence[tuple[re.Pattern[str], float]],
    columns: Sequence[str],
    indexes: Sequence[int],
    body: Sequence[Sequence[str]],
) -> Iterator[int]:
    """The first column of each kind, as (header, share of filled cells that must be readable), that can be read."""
    for telling, needed in kinds:
        for name, index in zip(columns, indexes, strict=True):
            if not telling.search(folded(name)):
                continue
            filled = [cells[index] for cells in body if index < len(cells) and cells[index]]
            if filled and sum(1 for cell in filled if zone_of(cell)) >= max(needed * len(filled), 1):
                yield index
                break
