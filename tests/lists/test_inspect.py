"""Looking into a file before it becomes a list, and files made to do harm."""

import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from lists.test_workbooks import xlsx
from oklik.campaigns.list_inspect import Inspection, ListMapping, inspect_list
from oklik.campaigns.list_uploads import shown_name
from oklik.campaigns.lists.errors import ListError
from oklik.dialing.numbering import NO_PLAN

MESSY = [
    ["Выгрузка из CRM", None, None, None],
    ["на 01.03.2025", None, None, None],
    [None, None, None, None],
    ["ФИО", "Телефон", "Сумма долга", "Город"],
    ["Иванов Иван", "8 (916) 123-45-67", 12500.5, "Омск"],
    ["Петров Пётр", 79161234568.0, 100, None],
    ["Без Номера", None, 5, None],
    ["Иванов И.", "+7 916 123-45-67", 1, None],
]


def looked(path: Path, **said: object) -> Inspection:
    return inspect_list(path, "список.xlsx", ListMapping(**said), NO_PLAN)  # type: ignore[arg-type]


def test_a_messy_table_is_understood(tmp_path: Path) -> None:
    found = looked(xlsx(tmp_path / "upload", MESSY))
    assert (found.header_row, found.sheet, found.phones, found.encoding) == (4, "Лист1", True, None)
    assert [(one.name, one.use) for one in found.columns] == [
        ("ФИО", "plain"),
        ("Телефон", "phone"),
        ("Сумма долга", "plain"),
        ("Город", "zone"),
    ]
    first, second, third, fourth = found.rows
    assert first.taken
    assert [one.number for one in first.phones] == ["+79161234567"]
    assert (first.zones, first.zone_rule) == (("Asia/Omsk",), "own") or first.zones
    assert [one.number for one in second.phones] == ["+79161234568"]
    assert (third.taken, third.why[0]["ru"]) == (False, "нет номера телефона")
    assert (fourth.taken, fourth.why[0]["en"]) == (False, "the same number as in row 5")


def test_a_table_without_phones_is_shown_so_that_somebody_can_say_where_they_are(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "upload", [["Имя", "Связь"], ["Иван", "нет"], ["Пётр", "8 916 123 45 67"]])
    found = looked(path)
    assert not found.phones
    assert [(one.name, one.use) for one in found.columns] == [("Имя", "plain"), ("Связь", "plain")]
    assert [row.cells["Имя"] for row in found.rows] == ["Иван", "Пётр"]
    said = looked(path, phones=("Связь",))
    assert [row.taken for row in said.rows] == [False, True]


def test_the_row_of_headers_can_be_told(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "upload", [["Отдел", "Номер"], ["Имя", "Телефон"], ["Иван", "89161234567"]])
    assert looked(path, header_row=1).columns[0].name == "Отдел"
    assert looked(path, header_row=2).columns[0].name == "Имя"
    with pytest.raises(ListError, match="строка 90"):
        looked(path, header_row=90, phones=("Телефон",))


def test_a_text_tells_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes("Имя;Телефон\nИван;89161234567\n".encode("cp1251"))
    found = looked(path)
    assert (found.encoding, found.sheets) == ("windows-1251", ())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\список.xlsx", "список.xlsx"),
        ("a\u202egpj.exe\x00b", "a gpj.exe b"),
        ("", "—"),
        ("я" * 300 + ".xlsx", "я" * 108 + "….xlsx"),
    ],
)
def test_a_files_name_is_only_a_text(given: str, shown: str) -> None:
    assert shown_name(given) == shown


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def book(path: Path, sheet: str, **more: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **more}.items():
            archive.writestr(name, content)
    return path


def cell(at: str, text: str) -> str:
    row = "".join(filter(str.isdigit, at))
    return f'<row r="{row}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'


HOSTILE = {
    "bomb": lambda path: book(path, SHEET.format(cell("A1", "x" * (120 << 20)))),
    "corners": lambda path: book(path, SHEET.format(cell("A1", "x") + cell("ALL1048576", "y"))),
    "entities": lambda path: book(
        path, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHEET.format(cell("A1", "&a;"))
    ),
    "laughs": lambda path: book(
        path,
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
        + "]>"
        + SHEET.format(cell("A1", "&a8;")),
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_files_made_to_do_harm_are_refused_soon_and_cheaply(tmp_path: Path, kind: str) -> None:
    path = HOSTILE[kind](tmp_path / "upload")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.process_time()
    with pytest.raises(ListError) as refused:
        looked(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() - began + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 5
    assert refused.value.text("ru").startswith("список.xlsx")
    assert "\n" not in refused.value.text("en")


def test_the_parser_may_take_300_mb_of_a_small_file_at_most(tmp_path: Path) -> None:
    path = HOSTILE["corners"](tmp_path / "upload")
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from oklik.campaigns.list_inspect import ListMapping, inspect_list\n"
        "from oklik.campaigns.lists.errors import ListError\n"
        "from oklik.dialing.numbering import NO_PLAN\n"
        "try:\n    inspect_list(Path(sys.argv[1]), 'x', ListMapping(), NO_PLAN)\n"
        "except ListError:\n    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    told = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 300 << 10
