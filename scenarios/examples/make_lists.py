"""Makes the example lists beside it: debtors.xlsx and customers.csv, the same bytes every time.

They are as messy as real ones.  All people are made up; the numbers are of codes that Russia's numbering plan has
given to no operator (907, 935, 972-976, 998), so nobody answers there.  Run: python scenarios/examples/make_lists.py
"""

import csv
import datetime as dt
import random
import sys
from pathlib import Path

import xlsxwriter

TITLE = "Выгрузка должников на 24.11.2026"
HEADERS = ("№", "ФИО", "Телефон", "Доп. телефон", "Сумма долга", "Срок оплаты", "Номер договора")
HEADERS += ("Часовой пояс", "Город", "Менеджер")
ROWS = 300
TODAY = dt.date(2026, 11, 24)
CODES = ("907", "935", "972", "973", "974", "975", "976", "998")

MEN = ("Александр", "Алексей", "Андрей", "Артём", "Виктор", "Владимир", "Дмитрий", "Евгений", "Иван", "Игорь")
MEN += ("Илья", "Кирилл", "Максим", "Михаил", "Николай", "Олег", "Павел", "Пётр", "Роман", "Сергей")
WOMEN = ("Алла", "Анастасия", "Анна", "Вера", "Галина", "Дарья", "Екатерина", "Елена", "Ирина", "Любовь")
WOMEN += ("Людмила", "Марина", "Мария", "Надежда", "Наталья", "Ольга", "Светлана", "Софья", "Татьяна", "Юлия")
FATHERS = ("Александр", "Алексей", "Андрей", "Владимир", "Иван", "Михаил", "Николай", "Павел", "Сергей", "Пётр")
FATHERS += ("Виктор", "Борис", "Олег", "Степан")
SURNAMES = ("Иванов", "Смирнов", "Кузнецов", "Попов", "Васильев", "Петров", "Соколов", "Михайлов", "Новиков")
SURNAMES += ("Фёдоров", "Морозов", "Волков", "Алексеев", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов")
SURNAMES += ("Степанов", "Николаев", "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Зайцев", "Соловьёв")
SURNAMES += ("Борисов", "Яковлев", "Григорьев", "Романов", "Воробьёв", "Сергеев", "Кузьмин", "Фролов", "Дмитриев")

# city, how lists write its zone
CITIES = (
    ("Москва", ("МСК", "UTC+3", "МСК")),
    ("Санкт-Петербург", ("МСК", "МСК")),
    ("Калининград", ("МСК-1", "UTC+2")),
    ("Самара", ("МСК+1", "UTC+4")),
    ("Екатеринбург", ("МСК+2", "UTC+5", "Asia/Yekaterinburg")),
    ("Челябинск", ("МСК+2", "UTC+5")),
    ("Омск", ("МСК+3", "UTC+6")),
    ("Новосибирск", ("МСК+4", "UTC+7")),
    ("Красноярск", ("МСК+4", "UTC+7")),
)
CITY_WEIGHTS = (9, 5, 1, 3, 5, 3, 2, 3, 2)
MANAGERS = ("Белова А.", "Громов С.", "Титова Е.")


class Numbers:
    """Made-up numbers, each once."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()

    def national(self) -> str:
        """Ten digits."""
        while True:
            number = f"{self._chance.choice(CODES)}{self._chance.randrange(2_000_000, 10_000_000):07d}"
            if number not in self._used:
                self._used.add(number)
                return number


def spelled(number: str, way: int) -> str | float:
    """A number in one of the ways people and programs write it."""
    a, b, c, d = number[:3], number[3:6], number[6:8], number[8:]
    ways: tuple[str | float, ...] = (
        f"8 ({a}) {b}-{c}-{d}",
        f"+7 {a} {b}-{c}-{d}",
        float(f"7{number}"),
        f"8{number}",
        f"+7({a}){b}{c}{d}",
        f"8-{a}-{b}-{c}-{d}",
        f"7{number}",
        number,
        f"+7\u00a0{a}\u00a0{b}\u2011{c}\u2011{d}",
        f"моб. 8 {a} {b} {c} {d}",
        float(f"8{number}"),
        f"8 {a} {b}{c}{d} (жена)",
        f" +7{number} ",
    )
    return ways[way % len(ways)]


def full_name(chance: random.Random) -> str:
    """Surname, name, patronymic, as different managers type them."""
    surname, father = chance.choice(SURNAMES), chance.choice(FATHERS)
    stem = {"Илья": "Ильич", "Пётр": "Петрович", "Павел": "Павлович"}.get(father)
    if chance.random() < 0.5:
        name = chance.choice(MEN)
        patronymic = stem or (father[:-1] + "евич" if father[-1] in "йь" else father + "ович")
    else:
        name, surname = chance.choice(WOMEN), surname + "а"
        patronymic = {"Пётр": "Петровна", "Павел": "Павловна"}.get(father)
        patronymic = patronymic or (father[:-1] + "евна" if father[-1] in "йь" else father + "овна")
    whole = f"{surname} {name} {patronymic}"
    style = chance.random()
    if style < 0.35:
        return whole.upper()
    if style < 0.45:
        return whole.replace(" ", "  ", 1) + " "
    if style < 0.50:
        return whole.replace("ё", "е")
    return whole


def amount(chance: random.Random) -> str | float:
    """A debt: mostly a number, sometimes text."""
    value = round(chance.lognormvariate(9.3, 0.9), 2)
    kopecks = chance.random()
    if kopecks < 0.5:
        value = float(round(value, -2))
    grouped = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    style = chance.random()
    if style < 0.10:
        return f"{grouped} руб."
    if style < 0.16:
        return grouped.replace(" ", "\u00a0")
    if style < 0.20:
        return f"{value:.2f}"
    return value


def due(chance: random.Random) -> dt.date | str:
    """A date near today: mostly a date cell, sometimes text."""
    day = TODAY + dt.timedelta(days=chance.randrange(-40, 15))
    style = chance.random()
    if style < 0.10:
        return day.strftime("%d.%m.%Y")
    if style < 0.14:
        return day.strftime("%d.%m.%y")
    if style < 0.17:
        return day.isoformat()
    return day


def debtors(chance: random.Random) -> list[list[object]]:
    """The 300 rows of the list, good and bad."""
    numbers = Numbers(chance)
    rows: list[list[object]] = []
    for n in range(1, ROWS + 1):
        city, zones = chance.choices(CITIES, CITY_WEIGHTS)[0]
        phone = spelled(numbers.national(), n * 7 + n // 13)
        second: object = spelled(numbers.national(), n * 5) if chance.random() < 0.18 else None
        if chance.random() < 0.04:
            phone = f"{spelled(numbers.national(), 0)}, {spelled(numbers.national(), 5)}"
        zone = chance.choice(zones) if chance.random() < 0.85 else None
        contract = f"{chance.choice(('КД', 'ДЗ'))}-{chance.randrange(10_000, 99_999)}/{chance.choice((24, 25, 26))}"
        row = [n, full_name(chance), phone, second, amount(chance), due(chance), contract, zone, city]
        rows.append([*row, chance.choice(MANAGERS)])
    spoil(rows, numbers)
    return rows


def spoil(rows: list[list[object]], numbers: Numbers) -> None:
    """What is wrong in a real list; rows by their number in the first column."""
    phone, second, debt, day, zone = 2, 3, 4, 5, 7

    def put(n: int, column: int, value: object) -> None:
        rows[n - 1][column] = value
        if column == phone:
            rows[n - 1][second] = None

    for n in (17, 88, 203):
        put(n, phone, None)
    put(41, phone, "8 (972) 345-67")
    put(119, phone, 897212345.0)
    put(242, phone, "345-67-89")
    put(58, phone, "8 9О7 345 67 8О")  # Cyrillic letters in place of zeros
    put(171, phone, "+7 973 I23-45-67")
    put(96, phone, "нет телефона")
    put(222, phone, "уточнить у жены")
    put(133, phone, "7,97351E+10")  # what Excel makes of a number in a narrow column saved as csv
    put(260, phone, "8 809 505-11-22")
    put(189, phone, "+7 974 345 67 89 0")
    for n, earlier in ((73, 12), (150, 33), (211, 150), (288, 5)):
        put(n, phone, rows[earlier - 1][phone])
    for n in (29, 164, 247):
        put(n, debt, None)
    put(110, debt, "см. договор")
    put(64, day, "до конца месяца")
    put(199, day, "31.11.2026")
    put(137, day, None)
    put(52, zone, "как в Перми")
    put(226, phone, f"{spelled(numbers.national(), 0)} доб. 12")
    rows[155] = [None] * len(HEADERS)


def write_debtors(path: Path) -> None:
    """The Excel file: two rows of title, the header, the rows, a total."""
    rows = debtors(random.Random(20261124))  # noqa: S311  a fixed seed is the point
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": TITLE, "created": dt.datetime(2026, 11, 24, 9, 0)})  # noqa: DTZ001  Excel has no zones
        sheet = book.add_worksheet("Должники")
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "bg_color": "#DDE5F0", "border": 1, "text_wrap": True})
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        money = book.add_format({"num_format": "#,##0.00"})
        whole = book.add_format({"num_format": "0"})
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, TITLE, title)
        sheet.write_string(1, 0, "Сформировано автоматически. Телефоны вымышлены.")
        sheet.write_row(2, 0, HEADERS, head)
        sheet.freeze_panes(3, 0)
        for column, width in enumerate((5, 36, 30, 22, 18, 16, 16, 18, 18, 12)):
            sheet.set_column(column, column, width)
        for index, row in enumerate(rows, 3):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(index, column, dt.datetime.combine(value, dt.time()), date)
                elif isinstance(value, float):
                    sheet.write_number(index, column, value, money if column == 4 else whole)
                elif value is not None:
                    sheet.write(index, column, value)
        last = len(rows) + 3
        total = sum(row[4] for row in rows if isinstance(row[4], float))
        sheet.write_string(last, 1, "ИТОГО", head)
        sheet.write_number(last, 4, total, money)


def write_customers(path: Path) -> None:
    """A CSV as an old accounting program saves it: cp1251, semicolons."""
    chance = random.Random(40)  # noqa: S311
    numbers = Numbers(chance)
    goods = ("Холодильник", "Стиральная машина", "Пылесос", "Чайник", "Телевизор", "Плита")
    with path.open("w", encoding="cp1251", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(("Клиент", "Мобильный", "Дата покупки", "Товар", "Город"))
        for n in range(1, 41):
            name = full_name(chance).strip()
            phone = spelled(numbers.national(), (0, 1, 3, 5, 7)[n % 5])
            day = (TODAY - dt.timedelta(days=chance.randrange(3, 30))).strftime("%d.%m.%Y")
            city = chance.choices(CITIES, CITY_WEIGHTS)[0][0]
            if n == 23:
                phone = ""
            writer.writerow((name, phone, day, chance.choice(goods), city))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    write_debtors(folder / "debtors.xlsx")
    write_customers(folder / "customers.csv")
