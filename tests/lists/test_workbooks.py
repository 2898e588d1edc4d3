"""xlsx, xls and ods: typed cells, sheets, layouts, and files made to do harm."""
# ruff: noqa: DTZ001  Excel's times have no zones

import datetime as dt
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from odf import opendocument, table, text

from oklik.campaigns.lists import workbook
from oklik.campaigns.lists.cells import TimeCell
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.reading import Contact, Rejected, open_list, read_list
from oklik.dialing.law.shapes import Role

Rows = Sequence[Sequence[Any]]
ROWS: Rows = [
    ["Имя", "Телефон", "Сумма", "Срок"],
    ["Иван", 79123456789, 12345.5, dt.datetime(2026, 11, 24)],
    ["Пётр", "8 (913) 111-22-33", 100, dt.datetime(2026, 1, 2)],
]


def xlsx(path: Path, rows: Rows, sheet: str = "Лист1") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def xls(path: Path, rows: Rows) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("Лист1")
    formats = {dt.datetime: xlwt.easyxf(num_format_str="DD.MM.YYYY"), dt.time: xlwt.easyxf(num_format_str="h:mm")}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.write(r, c, value, *([formats[type(value)]] if type(value) in formats else []))
    book.save(str(path))
    return path


def ods(path: Path, rows: Rows) -> Path:
    book = opendocument.OpenDocumentSpreadsheet()
    page = table.Table(name="Лист1")
    for row in rows:
        line = table.TableRow()
        for value in row:
            if isinstance(value, dt.datetime):
                cell = table.TableCell(valuetype="date", datevalue=value.strftime("%Y-%m-%d"))
            elif isinstance(value, dt.time):
                cell = table.TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"))
            elif isinstance(value, int | float):
                cell = table.TableCell(valuetype="float", value=str(value))
            else:
                cell = table.TableCell(valuetype="string")
                cell.addElement(text.P(text=value))
            line.addElement(cell)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))
    return path


def everything(path: Path, **options: Any) -> list[Any]:
    with open_list(path, **options) as opened:
        return list(opened.rows())


@pytest.mark.parametrize(("ending", "make"), [("xlsx", xlsx), ("xls", xls), ("ods", ods)])
def test_every_format_gives_the_same(tmp_path: Path, ending: str, make: Any) -> None:
    found = everything(make(tmp_path / f"list.{ending}", ROWS))
    assert found == [
        Contact(
            2,
            ("+79123456789",),
            {"Имя": "Иван", "Телефон": "79123456789", "Сумма": "12345.5", "Срок": "24.11.2026"},
            None,
            (),
        ),
        Contact(
            3,
            ("+79131112233",),
            {"Имя": "Пётр", "Телефон": "8 (913) 111-22-33", "Сумма": "100", "Срок": "02.01.2026"},
            None,
            (),
        ),
    ]


@pytest.mark.parametrize(("ending", "make"), [("xlsx", xlsx), ("xls", xls), ("ods", ods)])
def test_times_of_every_format(tmp_path: Path, ending: str, make: Any) -> None:
    rows = [["Телефон", "Время", "Слово"], ["79123456789", dt.time(14, 30), "14:30"]]
    (found,) = everything(make(tmp_path / f"list.{ending}", rows))
    assert [(str(cell), type(cell)) for cell in found.fields.values()][1:] == [("14:30", TimeCell), ("14:30", str)]


def test_the_content_counts_not_the_ending(tmp_path: Path) -> None:
    assert len(everything(xlsx(tmp_path / "a.xlsx", ROWS).rename(tmp_path / "list.csv"))) == 2


def test_cells_as_a_person_sees_them(tmp_path: Path) -> None:
    cells = [
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5"),
        (1234567.89, "1234567.89"),
        (True, "ИСТИНА"),
        (dt.datetime(2026, 11, 24, 10, 5), "24.11.2026 10:05"),
        (dt.datetime(2026, 11, 24, 10, 5, 7), "24.11.2026 10:05:07"),
        (dt.time(9, 30), "09:30"),
        (dt.timedelta(hours=30), "30:00:00"),
        ("  текст\u200b с\r\nпереносом ", "текст с\nпереносом"),
    ]
    headers = ["Телефон", *(f"п{n}" for n in range(len(cells)))]
    (row,) = everything(xlsx(tmp_path / "l.xlsx", [headers, [79120000001, *(value for value, _ in cells)]]))
    assert list(row.fields.values())[1:] == [shown for _, shown in cells]


def test_titles_empty_lines_and_merged_cells_above_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B2"] = "Выгрузка телефонов должников на 24.11.2026"
    page.merge_cells("B2:E2")
    page["B3"] = "Отдел взыскания, тел. 8 (495) 123-45-67"
    for column, value in zip("BCDE", ["№", "Клиент", "Контактный телефон", "Сумма"], strict=True):
        page[f"{column}5"] = value
    for column, value in zip("BCDE", [1, "Иван", 79123456789, 5], strict=True):
        page[f"{column}6"] = value
    page["H6"] = "без заголовка"
    book.save(tmp_path / "l.xlsx")
    preview = read_list(tmp_path / "l.xlsx")
    assert preview.header_row == 5
    assert preview.columns == ("№", "Клиент", "Контактный телефон", "Сумма", "Столбец H")
    (row,) = preview.first_rows
    assert (row.number, row.phones) == (6, ("+79123456789",))  # type: ignore[union-attr]


def test_columns_of_equal_name_and_those_found_late(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Телефон", "Имя", "Имя"], *([89120000000 + n, "а", "б"] for n in range(400))]
    rows.append([89130000000, "а", "б", None, "примечание внизу"])
    with open_list(xlsx(tmp_path / "l.xlsx", rows)) as opened:
        last = list(opened.rows())[-1]
        assert opened.columns == ("Телефон", "Имя", "Имя (2)", "Столбец E")
    assert isinstance(last, Contact)
    assert last.fields["Столбец E"] == "примечание внизу"


def test_several_phone_columns_but_never_other_peoples(tmp_path: Path) -> None:
    headers = ["ФИО", "Доп. телефон", "Моб.", "Телефон поручителя", "Дата звонка по телефону", "Телефон менеджера"]
    row = ["Иван", 79120000001, 79120000002, 79120000003, "24.11.2026", 79120000004]
    preview = read_list(xlsx(tmp_path / "l.xlsx", [headers, row]))
    assert preview.phone_columns == ("Доп. телефон", "Моб.")
    assert preview.other_phones == {"Телефон поручителя": Role.GUARANTOR}
    assert preview.first_rows[0].phones == ("+79120000001", "+79120000002", "+79120000003")  # type: ignore[union-attr]
    assert preview.first_rows[0].roles == (Role.OWN, Role.OWN, Role.GUARANTOR)  # type: ignore[union-attr]


def test_a_number_column_by_its_content(tmp_path: Path) -> None:
    good = [["Номер", "ИНН"], *([79120000000 + n, 7712345678 + n] for n in range(5))]
    assert read_list(xlsx(tmp_path / "a.xlsx", good)).phone_columns == ("Номер",)
    bad = [["Номер", "ИНН"], *([n, 7712345678 + n] for n in range(5))]
    with pytest.raises(ListError, match="не найден столбец с телефонами"):
        read_list(xlsx(tmp_path / "b.xlsx", bad))


def test_the_users_own_column(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "l.xlsx", [["A1", "Телефон менеджера", "Телефон"], ["Иван", 79120000001, 79120000002]])
    for named in ("телефон  МЕНЕДЖЕРА", "B", ["Телефон менеджера"]):
        assert everything(path, phone_column=named)[0].phones == ("+79120000001",)
    both = everything(path, phone_column=["Телефон", "B"])
    assert both[0].phones == ("+79120000002", "+79120000001")
    with pytest.raises(ListError, match="нет столбца «Мобильник»; есть «A1», «Телефон менеджера», «Телефон»"):
        read_list(path, phone_column="Мобильник")


def test_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    title = book.active
    assert title is not None
    title.title = "Титул"
    title["A1"] = "Отчёт"
    hidden = book.create_sheet("Старое")
    hidden.sheet_state = "hidden"
    for page, phone in ((hidden, 79120000001), (book.create_sheet("Люди"), 79120000002)):
        page.append(["Телефон"])
        page.append([phone])
    path = tmp_path / "l.xlsx"
    book.save(path)
    assert read_list(path).sheet == "Люди"
    assert everything(path, sheet="старое")[0].phones == ("+79120000001",)
    assert everything(path, sheet="3")[0].phones == ("+79120000002",)
    with pytest.raises(ListError, match="нет листа «Нет»; есть «Титул», «Старое», «Люди»"):
        read_list(path, sheet="Нет")
    with pytest.raises(ListError, match="лист «Титул»: не найден столбец с телефонами"):
        read_list(path, sheet="Титул")


def test_zones(tmp_path: Path) -> None:
    zones = ["МСК+2", "UTC+5", "Asia/Omsk", "Екатеринбург", "МСК+4 (Новосибирск)", "", "как в Перми"]
    rows = [["Телефон", "Часовой пояс"], *([79120000000 + n, zone] for n, zone in enumerate(zones))]
    found = everything(xlsx(tmp_path / "l.xlsx", rows))
    assert [row.zone for row in found] == [
        "UTC+05:00",
        "UTC+05:00",
        "Asia/Omsk",
        "Asia/Yekaterinburg",
        "UTC+07:00",
        None,
        None,
    ]
    assert [(note.row, note.code, note.detail) for row in found for note in row.notes] == [
        (8, "bad_zone", "как в Перми")
    ]


def test_regions_and_towns_tell_the_time_where_no_zone_is_given(tmp_path: Path) -> None:
    cells = [
        ("МСК+2", "Омская обл.", "Томск"),
        ("", "Омская обл.", "Пермь"),
        ("", "Республика Саха (Якутия)", ""),
        ("", "", "Пермь"),
        ("", "", "Малые Вяземы"),
        ("", "Атлантида", "Пермь"),
        ("", "Атлантида", ""),
        *[("", "Амурская обл.", "Благовещенск")] * 3,
    ]
    rows = [["Телефон", "Часовой пояс", "Регион", "Город"]]
    rows += [[str(79120000000 + n), *row] for n, row in enumerate(cells)]
    found = everything(xlsx(tmp_path / "l.xlsx", rows))
    assert [row.zone for row in found] == [
        "UTC+05:00",
        "Asia/Omsk",
        "Республика Саха (Якутия)",
        "Asia/Yekaterinburg",
        None,
        "Asia/Yekaterinburg",
        None,
        *["Asia/Yakutsk"] * 3,
    ]
    # A village that nobody knows is no mistake of the list; a region that nobody knows is.
    assert [bool(row.notes) for row in found] == [False] * 5 + [True, True] + [False] * 3


def test_an_address_or_a_region_manager_is_no_region(tmp_path: Path) -> None:
    rows = [["Телефон", "Региональный менеджер", "Город доставки"], ["79120000001", "Омск", "без доставки"]]
    assert [row.zone for row in everything(xlsx(tmp_path / "l.xlsx", rows))] == [None]


def test_bad_rows_keep_their_row_number_and_reason(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Имя", "Телефон"],
        ["Иван", "89120000001"],
        ["Пётр", None],
        ["Яна", "8 912 000 00"],
        [None, None],
        ["Иван снова", "+7 (912) 000-00-01"],
        ["Имя", "Телефон"],
        ["Ольга", "уточнить"],
        ["Итого", None],
    ]
    found = everything(xlsx(tmp_path / "l.xlsx", rows))
    assert [(row.number, row.code, row.detail) for row in found if isinstance(row, Rejected)] == [
        (3, "no_phone", ""),
        (4, "too_short", "8 912 000 00"),
        (6, "duplicate", "2"),
        (7, "header_again", ""),
        (8, "no_phone", "уточнить"),
        (9, "total_row", ""),
    ]
    assert len(found) == 8  # with one contact and one empty row


# -- files made to do harm ------------------------------------------------------------------------------------


def repacked(source: Path, target: Path, member: str, change: Any) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == member else data)
    return target


SHEET = "xl/worksheets/sheet1.xml"


def test_two_cells_at_the_corners_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "Телефон"
    page["A2"] = 79120000001
    page.cell(1_048_576, 16_384, "z")
    book.save(tmp_path / "l.xlsx")
    with pytest.raises(ListError, match="таблица слишком велика или испорчена"):
        read_list(tmp_path / "l.xlsx")


def test_too_many_columns(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "l.xlsx", [["Телефон"], [79120000001, *[None] * 16_000, "z"]])
    with pytest.raises(ListError, match="лист «Лист1»: в листе 16002 столбцов"):
        read_list(path)


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = repacked(xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "l.xlsx", SHEET, lambda data: data + b" " * (60 << 20))
    monkeypatch.setattr(workbook, "CHILD", "nobody.may.start.this")
    with pytest.raises(ListError, match=r"занимает 6\d МБ: это не похоже на список"):
        read_list(path)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The declared sizes are small; what unpacks would take all memory of a process without a limit."""
    monkeypatch.setattr(workbook, "MEMORY", 256 << 20)
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = b'<worksheet xmlns="' + space + b'"><sheetData><row r="1"><c t="str"><v>'
    packed = zeros.compress(head) + b"".join(zeros.compress(b"a" * (1 << 20)) for _ in range(300)) + zeros.flush()
    whole = xlsx(tmp_path / "a.xlsx", ROWS)
    path = tmp_path / "l.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != SHEET:
                new.writestr(info.filename, old.read(info))
        new.writestr(SHEET, b"")
    data = bytearray(path.read_bytes())
    where = data.rindex(b"PK\x03\x04")
    name = SHEET.encode()
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, 0, len(packed), 1000, len(name), 0) + name
    central_start = data.index(b"PK\x01\x02")
    central = bytearray(data[central_start:])
    entry = central.rindex(b"PK\x01\x02")
    struct.pack_into("<HHHIII", central, entry + 10, 8, 0, 33, 0, len(packed), 1000)
    end = central.rindex(b"PK\x05\x06")
    struct.pack_into("<I", central, end + 16, where + len(local) + len(packed))
    path.write_bytes(bytes(data[:where]) + local + packed + bytes(central))
    with pytest.raises(ListError, match=r"слишком велика или испорчена|повреждён"):
        read_list(path)


def test_entities_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("89990001122")

    def poisoned(data: bytes) -> bytes:
        doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
        data = data.replace(b"<worksheet", doctype + b"<worksheet", 1)
        return data.replace(b"</sheetData>", b'<row r="9"><c r="B9" t="str"><v>&e;</v></c></row></sheetData>', 1)

    path = repacked(xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "l.xlsx", SHEET, poisoned)
    try:
        found = everything(path)
    except ListError:
        return
    assert all("89990001122" not in cell for row in found for cell in getattr(row, "fields", {}).values())


def test_a_huge_cell_in_a_workbook(tmp_path: Path) -> None:
    path = repacked(
        xlsx(tmp_path / "a.xlsx", [["Телефон", "Имя"], [79120000001, "X"]]),
        tmp_path / "l.xlsx",
        SHEET,
        lambda data: data.replace(b">X<", b">" + b"x" * 40_000 + b"<"),
    )
    with pytest.raises(ListError, match="лист «Лист1», строка 2, столбец B: в ячейке больше 32767 знаков"):
        read_list(path)


@pytest.mark.parametrize("cut", [100, 2_000, -100])
def test_a_cut_file(tmp_path: Path, cut: int) -> None:
    data = xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()[:cut]
    path = tmp_path / "l.xlsx"
    path.write_bytes(data)
    with pytest.raises(ListError, match="файл повреждён и не открывается"):
        read_list(path)


def test_other_archives_and_locked_files(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(ListError, match="архив или документ, а не таблица"):
        read_list(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(ListError, match="закрыт паролем"):
        read_list(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(ListError, match="повреждён"):
        read_list(path)
    path.write_bytes(b"\x09\x04\x06\x00\x00\x00" + b"\0" * 600)
    with pytest.raises(ListError, match="Excel 4"):
        read_list(path)


def test_an_empty_workbook_and_a_header_alone(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="нет ни одной строки"):
        read_list(xlsx(tmp_path / "a.xlsx", []))
    assert read_list(xlsx(tmp_path / "b.xlsx", [["Имя", "Телефон"]])).first_rows == ()


def test_a_module_beside_the_list_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert len(everything(xlsx(tmp_path / "l.xlsx", ROWS))) == 2
