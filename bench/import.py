"""How fast lists are imported: 100k contacts of 10 columns, as xlsx and as csv.

Run: python bench/import.py [--rows N] [--json].  A PostgreSQL of its own with durable settings is started and thrown
away.  Memory is the peak of the importing process and of the process that opens the workbook.  Figures compare only
on one machine.  The last line is JSON.
"""

import argparse
import csv
import datetime as dt
import json
import multiprocessing
import random
import resource
import tempfile
import time
from pathlib import Path

HEADERS: tuple[str, ...] = ("№", "ФИО", "Телефон", "Доп. телефон", "Сумма долга", "Срок оплаты", "Договор")
HEADERS += ("Часовой пояс", "Город", "Менеджер")


def rows(count: int) -> "list[list[object]]":
    """Rows with one number in ten in a spelling that the quick path does not know."""
    chance = random.Random(1)
    made: list[list[object]] = []
    for n in range(count):
        number = f"97{n // 10_000_000}{n % 10_000_000:07d}"
        phone: object = f"8 ({number[:3]}) {number[3:6]}-{number[6:8]}-{number[8:]}" if n % 3 else float(f"7{number}")
        if n % 10 == 0:
            phone = f"моб. +7 {number} (жена)"
        person: list[object] = [n + 1, "Иванов Иван Иванович", phone, "", round(chance.uniform(100, 90_000), 2)]
        made.append([*person, "24.11.2026", f"КД-{n}", "МСК+2", "Екатеринбург", "Белова А."])
    return made


def write_files(folder: Path, count: int) -> dict[str, Path]:
    """Make both files."""
    import xlsxwriter

    made = rows(count)
    paths = {"xlsx": folder / "list.xlsx", "csv": folder / "list.csv"}
    with xlsxwriter.Workbook(str(paths["xlsx"]), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for index, row in enumerate(made, 1):
            sheet.write_row(index, 0, row)
    with paths["csv"].open("w", encoding="cp1251", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADERS)
        writer.writerows(made)
    return paths


def measure(url: str, name: str, path: Path, results: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Import one file in a process of its own, twice: new, and unchanged."""
    from oklik.campaigns.import_contacts import import_contacts
    from oklik.store.engine import make_engine

    engine = make_engine(url)
    figures: dict[str, float] = {}
    for key in ("seconds", "again_seconds"):
        began = time.perf_counter()
        summary = import_contacts(engine, "bench", name, path, now=dt.datetime.now(dt.UTC))
        figures[key] = round(time.perf_counter() - began, 2)
        figures["rows"] = summary.rows
    figures["rows_per_s"] = round(figures["rows"] / figures["seconds"])
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures["parser_peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    results.put(figures)
    engine.dispose()


def main() -> None:
    """Make the files, import them, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()

    from oklik.store.migrate import upgrade
    from oklik.store.postgres import EmbeddedPostgres

    figures: dict[str, dict[str, float]] = {}
    spawn = multiprocessing.get_context("spawn")  # a clean process: its peak is the import's own
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        paths = write_files(folder, options.rows)
        with EmbeddedPostgres(folder / "database", folder / "cache", with_parent=True) as url:
            upgrade(url)
            for kind, path in paths.items():
                results = spawn.Queue()
                process = spawn.Process(target=measure, args=(url, kind, path, results))
                process.start()
                figures[kind] = results.get()
                process.join()
    if not options.json:
        for kind, found in figures.items():
            print(
                f"{kind}: {found['rows']:.0f} rows in {found['seconds']} s ({found['rows_per_s']:.0f} rows/s), "
                f"again {found['again_seconds']} s, peak {found['peak_mb']:.0f} MB, "
                f"parser {found['parser_peak_mb']:.0f} MB"
            )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
