"""What the commands say while they work, in Russian and English."""

from typing import Literal

Language = Literal["ru", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "virtual": (
        "Виртуальный коммутатор: никому настоящему не звонят, время сжато в {speed:g} раз",
        "Virtual switch: nobody real is called, time runs {speed:g} times as fast",
    ),
    "real": ("Коммутатор {host}:{port}: настоящие звонки", "Switch {host}:{port}: real calls"),
    "continues": (
        "Этот обзвон уже начат: продолжаю с того места, где он остановился",
        "This campaign was begun before: going on where it stopped",
    ),
    "database": ("База данных", "Database"),
    "reading": ("Чтение списка", "Reading the list"),
    "imported": (
        "{contacts} контактов, отклонено строк: {rejected}",
        "{contacts} contacts, rows refused: {rejected}",
    ),
    "voice": ("Голос: {voice}", "Voice: {voice}"),
    "passed_over": ("  не подошёл {reason}", "  passed over: {reason}"),
    "prompts": ("Озвучивание", "Making prompts"),
    "calling": ("Обзвон", "Calling"),
    "report": ("Отчёт", "Report"),
    "stopping": (
        "Останавливаюсь: новых звонков нет, разговоры заканчиваются. Ещё раз Ctrl-C — положить трубки",
        "Stopping: no new calls, talks are finishing. Ctrl-C again hangs them up",
    ),
    "stopped": (
        "Обзвон остановлен. Та же команда продолжит его с этого места",
        "The campaign is stopped. The same command goes on from here",
    ),
    "done": ("Готово за {seconds:.0f} с. Отчёт: {report}", "Done in {seconds:.0f} s. The report: {report}"),
    "done_partly": (
        "Обзвон не закончен. Отчёт о том, что сделано: {report}",
        "The campaign is not finished. A report of what was done: {report}",
    ),
    "died": ("{name} остановился: {why}", "{name} stopped: {why}"),
    "skipped": ("пропущено {n}", "skipped {n}"),
    "up": ("Оклик работает. Остановить: Ctrl-C", "Oklik is up. Ctrl-C stops it"),
    "campaigns": ("Идут обзвоны: {n}", "Campaigns running: {n}"),
}


def say(key: str, language: str, **values: object) -> str:
    """A message in ru or en."""
    russian, english = _TEXTS[key]
    return (english if language == "en" else russian).format(**values)
