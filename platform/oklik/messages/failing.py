"""What failed though the input was right."""

TEXTS: dict[str, tuple[str, str]] = {
    "child": ("{name}: {why}", "{name}: {why}"),
    "not_started": ("{name} не запустился: {why}", "{name} did not start: {why}"),
    "database_failed": ("база данных: {why}", "database: {why}"),
    "report_failed": (
        "{path}: отчёт не записан: {why}. Всё сделанное сохранено: освободите место и повторите команду",
        "{path}: the report is not written: {why}. All that was done is kept: make room and say the command again",
    ),
    "report_in_the_way": (
        (
            "{path}: за время обзвона здесь появился чужой файл, или отчёт правили. Всё сделанное сохранено: повторите "
            "команду с другим именем в --report"
        ),
        (
            "{path}: while the calls were made, a file that is not ours came here, or the report was edited. All that "
            "was done is kept: say the command again with another name in --report"
        ),
    ),
    "interrupted": ("прервано раньше, чем начались звонки", "interrupted before any call was made"),
}
