"""CSV and other text: encodings, delimiters, quotes, row numbers."""

from pathlib import Path

import pytest

from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.reading import Contact, Empty, Rejected, open_list, read_list

HEADER = ("ФИО", "Телефон", "Город")
PEOPLE = [
    ("Иванов Иван Иванович", "8 (912) 345-67-89", "Москва"),
    ("Щукина Елена Юрьевна", "+7 913 111-22-33", "Санкт-Петербург"),
    ("Ёлкин Пётр Фёдорович", "89140000001", "Якутск"),
]


def write(path: Path, rows: list[tuple[str, ...]], encoding: str, delimiter: str) -> Path:
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "cp866"]
)
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    people = [*PEOPLE, *((f"Человек Номер {n}", f"8915{n:07d}", "Нижний Новгород") for n in range(20))]
    preview = read_list(write(tmp_path / "list.csv", [HEADER, *people], encoding, delimiter), rows=100)
    assert preview.columns == HEADER
    assert preview.phone_columns == ("Телефон",)
    assert [row.fields["ФИО"] for row in preview.first_rows[:3]] == [row[0] for row in PEOPLE]  # type: ignore[union-attr]
    assert preview.first_rows[0].phones == ("+79123456789",)  # type: ignore[union-attr]


def test_cp1251_after_a_long_plain_start(tmp_path: Path) -> None:
    lines = ["name;phone"] + [f"name{n};8912{n:07d}" for n in range(9000)] + ["Щукин Яков;89990000000"]
    path = tmp_path / "list.csv"
    path.write_bytes("\n".join(lines).encode("cp1251"))
    with open_list(path) as opened:
        last = list(opened.rows())[-1]
    assert isinstance(last, Contact)
    assert last.fields["name"] == "Щукин Яков"


def test_decimal_commas_do_not_divide(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Телефон;Сумма\n89120000001;12,50\n89120000002;13,50\n89120000003;1,00\n", "utf-8")
    assert read_list(path).columns == ("Телефон", "Сумма")


def test_the_delimiter_that_excel_declares(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("sep=|\nТелефон|Имя;Отчество\n89120000001|Иван;Иванович\n", "utf-8")
    preview = read_list(path)
    assert preview.columns == ("Телефон", "Имя;Отчество")
    assert preview.header_row == 1  # Excel does not show the line with sep=


def test_row_numbers_are_those_a_person_sees(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('Имя;Телефон\n"Иван\nИванович";89120000001\n;\nПётр;нет\n\n', "utf-8")
    with open_list(path) as opened:
        rows = list(opened.rows())
    assert [type(row) for row in rows] == [Contact, Empty, Rejected]
    assert [row.number for row in rows] == [2, 3, 4]


def test_only_phones_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("8 912 345-67-89\n8 913 111-22-33\n", "utf-8")
    preview = read_list(path)
    assert preview.header_row == 0
    assert [row.phones for row in preview.first_rows] == [("+79123456789",), ("+79131112233",)]  # type: ignore[union-attr]


def test_an_open_quote_is_an_error_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('Имя;Телефон\nИван;89120000001\n"Пётр;89120000002\nЯна;89120000003\n', "utf-8")
    with pytest.raises(ListError, match="строка 3: кавычка") as caught, open_list(path) as opened:
        list(opened.rows())
    assert caught.value.row == 3


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('Имя;Телефон\nООО "Ромашка";89120000001\nОАО "Рог;89120000002\n', "utf-8")
    with open_list(path) as opened:
        rows = list(opened.rows())
    assert [row.fields["Имя"] for row in rows if isinstance(row, Contact)] == ['ООО "Ромашка"', 'ОАО "Рог']


def test_a_broken_byte_names_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "Имя;Телефон\nИван;89120000001\n".encode() + b"\xcf\xb8\xf2;89120000002\n")
    with pytest.raises(ListError) as caught, open_list(path) as opened:
        list(opened.rows())
    assert "utf-8" in str(caught.value)
    assert caught.value.row == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "файл пуст"),
        (b" \r\n ", "файл пуст"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "картинка"),
        (b"Rar!\x1a\x07", "архив"),
        (b"<html><table><tr><td>8 912", "веб-страница"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "веб-страница или XML"),
        (bytes(range(256)) * 40, "не таблица и не текст"),
        ("Имя;Город\nИван;Москва\n".encode(), "не найден столбец с телефонами; столбцы: «Имя», «Город»"),
    ],
)
def test_what_is_no_list(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(ListError, match=r"list\.csv: ") as caught:
        read_list(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.text("en") != str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="нет такого файла"):
        read_list(tmp_path / "no.csv")
    with pytest.raises(ListError, match="это папка"):
        read_list(tmp_path)
    with pytest.raises(ListError, match="не обычный файл"):
        read_list("/dev/zero")


def test_a_huge_cell_and_too_many_columns(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Имя;Телефон\nИван;89120000001\n{'я' * 40_000};89120000002\n", "utf-8")
    with pytest.raises(ListError, match="строка 3, столбец A: в ячейке больше"), open_list(path) as opened:
        list(opened.rows())
    path.write_text("Телефон;" * 2000 + "\n", "utf-8")
    with pytest.raises(ListError, match="строка 1: в строке 2001 столбцов"):
        read_list(path)


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Телефон\n" + "1" * (5 << 20), "utf-8")
    with pytest.raises(ListError, match="слишком длинна"), open_list(path) as opened:
        list(opened.rows())
