"""What commands say of the library of recorded prompts."""

TEXTS: dict[str, tuple[str, str]] = {
    "recordings_unchecked": (
        "есть ли записи, которые называет сценарий, не проверено: нет ни базы данных Оклика, ни папки OKLIK_RECORDINGS",
        "recordings that the scenario names were not looked for: there is neither a database nor OKLIK_RECORDINGS",
    ),
    "prompts_lent": (
        "Записей из библиотеки: {n}",
        "Recordings from the library: {n}",
    ),
    "prompts_unknown": (
        "Библиотеки записей здесь нет: то, чего нет в OKLIK_RECORDINGS, прозвучит синтезированным голосом",
        "There is no library of recordings here: what is not in OKLIK_RECORDINGS is spoken by the synthetic voice",
    ),
}
