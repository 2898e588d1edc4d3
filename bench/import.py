"""How fast lists are imported: 100k contacts of 10 columns, as xlsx and as csv.

Run: python bench/import.py [--rows N] [--once] [--json].  A PostgreSQL of its own with durable settings is started and
thrown away.  Memory is the peak of the importing process and of the process that opens the workbook; processor time is
that of both and of the server for the first import, and compares where others use the machine too.  Of more rows than
100k the workbook has 100k.  --once: not a second time with nothing new.  The last line is JSON.
"""

import argparse
import csv
import datetime as dt
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from fresh import fresh_database

HEADERS: tuple[str, ...] = ("№", "ФИО", "Телефон", "Доп. телефон", "Сумма долга", "Срок оплаты", "Договор")
HEADERS += ("Часовой пояс", "Город", "Менеджер")


WORKBOOK_ROWS = 100_000  # writing a larger one takes longer than all that is measured


def rows(count: int) -> "Iterator[list[object]]":
    """Rows with one number in ten in a spelling that the quick path does not know."""
    chance = random.Random(1)
    for n in range(count):
        number = f"97{n // 10_000_000}{n % 10_000_000:07d}"
        phone: object = f"8 ({number[:3]}) {number[3:6]}-{number[6:8]}-{number[8:]}" if n % 3 else float(f"7{number}")
        if n % 10 == 0:
            phone = f"моб. +7 {number} (жена)"
        person: list[object] = [n + 1, "Иванов Иван Иванович", phone, "", round(chance.uniform(100, 90_000), 2)]
        yield [*person, "24.11.2026", f"КД-{n}", "МСК+2", "Екатеринбург", "Белова А."]


def write_files(folder: Path, count: int) -> dict[str, Path]:
    """Make both files."""
    import xlsxwriter

    paths = {"xlsx": folder / "list.xlsx", "csv": folder / "list.csv"}
    with xlsxwriter.Workbook(str(paths["xlsx"]), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for index, row in enumerate(islice(rows(count), WORKBOOK_ROWS), 1):
            sheet.write_row(index, 0, row)
    with paths["csv"].open("w", encoding="cp1251", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADERS)
        writer.writerows(rows(count))
    return paths


def measure(url: str, path: Path, keys: "tuple[str, ...]", results: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Import one file in a process of its own, once for each key: new, then unchanged."""
    from oklik.campaigns.import_contacts import import_contacts
    from oklik.store.engine import make_engine
    from preflight import children_seconds, server_seconds

    engine = make_engine(url)
    figures: dict[str, float] = {}
    for key in keys:
        began, server = time.perf_counter(), server_seconds(engine)
        own = time.process_time() + children_seconds()
        summary = import_contacts(engine, "bench", path.suffix, path, now=dt.datetime.now(dt.UTC))
        figures[key] = round(time.perf_counter() - began, 2)
        figures["rows"] = summary.rows
        figures.setdefault("cpu_s", round(time.process_time() + children_seconds() - own, 2))
        figures.setdefault("server_cpu_s", round(server_seconds(engine) - server, 2))
    figures["rows_per_s"] = round(figures["rows"] / figures["seconds"])
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures["parser_peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    results.put(figures)
    engine.dispose()


def main() -> None:
    """Make the files, import them, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--once", action="store_true", help="not a second time")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()

    figures: dict[str, dict[str, float]] = {}
    keys = ("seconds",) if options.once else ("seconds", "again_seconds")
    spawn = multiprocessing.get_context("spawn")  # a clean process: its peak is the import's own
    with fresh_database() as (url, folder):
        paths = write_files(folder, options.rows)
        for kind, path in paths.items():
            results = spawn.Queue()
            process = spawn.Process(target=measure, args=(url, path, keys, results))
            process.start()
            figures[kind] = results.get()
            process.join()
    if not options.json:
        for kind, found in figures.items():
            print(
                f"{kind}: {found['rows']:.0f} rows in {found['seconds']} s ({found['rows_per_s']:.0f} rows/s), "
                f"{found['cpu_s']} s of processor time and {found['server_cpu_s']} s of the server's, "
                f"again {found.get('again_seconds', '-')} s, peak {found['peak_mb']:.0f} MB, "
                f"parser {found['parser_peak_mb']:.0f} MB"
            )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
