"""How it goes: what a command says while it works."""

TEXTS: dict[str, tuple[str, str]] = {
    "setting_absent": (
        "Внимание: {name}: нет такого файла или папки: {path}",
        "Mind: {name}: no such file or folder: {path}",
    ),
    "compressing": ("Сжатие записей", "Compressing recordings"),
    "not_compressed": (
        "Записи звонков не сжаты: {why}",
        "Recorded calls are not compressed: {why}",
    ),
    "usage": (
        "команда задана неверно: {detail} (что можно: oklik --help)",
        "wrong usage: {detail} (see oklik --help)",
    ),
    "no_command": ("команды {given} нет; есть: {known}", "there is no command {given}; there are: {known}"),
    "no_option": ("параметра {given} нет", "there is no option {given}"),
    "no_option_but": (
        "параметра {given} нет; может быть, {known}",
        "there is no option {given}; perhaps {known}",
    ),
    "option_missing": ("не указан параметр {name}", "the option {name} is missing"),
    "argument_missing": ("не указан аргумент {name}", "the argument {name} is missing"),
    "argument_extra": ("лишнее: {given}", "too much: {given}"),
    "option_bare": ("{name}: нужно значение", "{name}: a value is expected"),
    "option_with_value": ("{name}: значения здесь не бывает", "{name}: takes no value"),
    "virtual": (
        "Виртуальный коммутатор: никому настоящему не звонят, время идёт быстрее в {speed:g} {raz}",
        "Virtual switch: nobody real is called, time runs {speed:g} times as fast",
    ),
    "virtual_at_ease": (
        "Виртуальный коммутатор: никому настоящему не звонят, время идёт как обычно",
        "Virtual switch: nobody real is called, time runs as usual",
    ),
    "virtual_there": (
        "По адресу {where} виртуальный коммутатор: никому настоящему не звонят",
        "A virtual switch at {where}: nobody real is called",
    ),
    "real": ("Коммутатор {where}: настоящие звонки", "Switch {where}: real calls"),
    "without_script": ("Внимание: {what} (docs/freeswitch.md)", "Note: {what} (docs/freeswitch.md)"),
    "database": ("База данных: {where}", "Database: {where}"),
    "continues": (
        "Этот обзвон уже начат: продолжаю с того места, где он остановился",
        "This campaign was begun before: going on where it stopped",
    ),
    "report_only": (
        "Этот обзвон закончен, а отчёта ещё нет: записываю отчёт",
        "This campaign is finished and has no report yet: writing the report",
    ),
    "reading": ("Чтение списка", "Reading the list"),
    "imported": (
        "контактов {contacts}, отклонено строк {rejected}, замечаний {remarks}",
        "contacts {contacts}, rows refused {rejected}, remarks {remarks}",
    ),
    "voice": ("Голос: {voice}", "Voice: {voice}"),
    "passed_over": ("  не подошёл {reason}", "  passed over: {reason}"),
    "prompts": ("Озвучивание", "Making prompts"),
    "calling": ("Обзвон", "Calling"),
    "waiting": ("Ждут {n}: {reason}", "Waiting {n}: {reason}"),
    "report": ("Отчёт", "Report"),
    "stopping": (
        "Останавливаюсь: новых звонков нет, разговоры заканчиваются. Ещё раз Ctrl-C — положить трубки",
        "Stopping: no new calls, talks are finishing. Ctrl-C again hangs them up",
    ),
    "stopped": (
        "Обзвон остановлен. Та же команда продолжит его с этого места",
        "The campaign is stopped. The same command goes on from here",
    ),
    "go_on": ("Та же команда продолжит обзвон с этого места", "The same command goes on from here"),
    "campaign_unreadable": (
        "Кампания «{name}» на паузе: {why}. Остальные идут",
        "The campaign {name!r} is paused: {why}. The others go on",
    ),
    "recordings_closed": (
        (
            "Обзвон приостановлен: коммутатор не может записывать ответы голосом в {path}: дайте его пользователю "
            "право записи туда (docs/freeswitch.md) и освободите место. Та же команда продолжит"
        ),
        (
            "The campaign is paused: the switch cannot record answers by voice in {path}: give its user the right to "
            "write there (docs/freeswitch.md) and make room. The same command goes on"
        ),
    ),
    "beeps_unheard": (
        (
            "Обзвон приостановлен: коммутатор не умеет узнавать сигнал автоответчика (модуль mod_avmd не загружен, "
            "docs/freeswitch.md). Та же команда продолжит, когда он будет"
        ),
        (
            "The campaign is paused: the switch cannot recognise the beep of an answering machine (mod_avmd is not "
            "loaded, docs/freeswitch.md). The same command goes on once it is"
        ),
    ),
    "recordings_copied": ("Записи: {n}, в папке {path}", "Recordings: {n}, in {path}"),
    "recordings_gone": (
        "Не удалось положить рядом с отчётом записей: {n} ({why})",
        "Recordings that could not be put beside the report: {n} ({why})",
    ),
    "done": ("Готово за {seconds:.0f} с. Отчёт: {report}", "Done in {seconds:.0f} s. The report: {report}"),
    "done_partly": (
        "Обзвон не закончен. Отчёт о том, что сделано: {report}",
        "The campaign is not finished. A report of what was done: {report}",
    ),
    "died": ("{name} остановился: {why}", "{name} stopped: {why}"),
    "started_again": ("{name} запущен снова", "{name} is started again"),
    "gave_up": (
        "{name} не удержать: запускался {times} {raz} подряд и останавливался",
        "{name} does not stay up: starts in a row: {times}, and it stopped each time",
    ),
    "voice_down": (
        "Голос не работает, озвучить остальных нечем: {why}",
        "The voice does not work, the rest cannot be given speech: {why}",
    ),
    "some_never_open": (
        (
            "Нельзя позвонить {n} из {contacts}: нет часа, который подходит под --window и закон во всех часовых "
            "поясах, где абонент может быть. Поможет столбец «Часовой пояс» в списке или --zone (регион базы)"
        ),
        (
            "Not to be called {n} of {contacts}: no hour suits --window and the law in every zone where the person "
            "may be. A time zone column in the list helps, or --zone (the region of the list)"
        ),
    ),
    "some_unprovable": (
        (
            "Не смогут подтвердить, что это они: {n} из {contacts} — в списке меньше цифр, чем сценарий просит набрать "
            "(digits_of)"
        ),
        (
            "Cannot prove that it is they: {n} of {contacts}: the list holds fewer digits than the scenario asks "
            "to key in (digits_of)"
        ),
    ),
    "not_called": ("Не позвонили: {n} — {reasons}", "Not called: {n}: {reasons}"),
    "other_reasons": ("другие причины ({n})", "other reasons ({n})"),
    "unspoken": (
        "Не озвучены, а потому не вызваны: {n}. Почему — в отчёте",
        "Could not be given speech and were not called: {n}. The report says why",
    ),
    "up": ("Оклик работает. Остановить: Ctrl-C", "Oklik is up. Ctrl-C stops it"),
    "leaving": ("Останавливаюсь: разговоры заканчиваются", "Stopping: talks are finishing"),
    "revision": ("база данных {where}: таблицы версии {revision}", "database {where}: tables of revision {revision}"),
    "conf_written": (
        "{folder}: настройки записаны. Пароль event socket лежит в {secret}",
        "{folder}: written. The event socket's password is in {secret}",
    ),
}
