"""What `--help` says of every command and option, in Russian and English.

Keyed by the command's words ("" for `oklik` itself) and then by the name of the option or argument, "" for the command.
How the help is put together is the business of `usage`.
"""

Texts = dict[str, tuple[str, str]]

_SCENARIO = ("Сценарий, YAML или JSON.", "The scenario, YAML or JSON.")
_LANGUAGE = ("Язык сообщений: ru или en.", "Language of the messages: ru or en.")
_REHEARSAL = "Только виртуальный коммутатор: ", "Virtual switch only: "

HELP: dict[str, Texts] = {
    "": {
        "": (
            "Оклик: голосовые обзвоны через FreeSWITCH, от списка в Excel до отчёта в Excel.",
            "Oklik: voice campaigns on FreeSWITCH, from an Excel list to an Excel report.",
        ),
        "version": ("Показать версию.", "Show the version."),
    },
    "run": {
        "": (
            "Обзвонить список по сценарию и записать отчёт в Excel.",
            "Call everyone on a list with a scenario and write the Excel report.",
        ),
        "scenario": _SCENARIO,
        "contacts": ("Список: xlsx, xls, ods или csv.", "The list: xlsx, xls, ods or csv."),
        "report": (
            "Куда записать отчёт Excel. Прежний отчёт Оклика заменяется, другой файл — нет.",
            "Where the Excel report goes. An earlier report of Oklik is replaced, any other file is not.",
        ),
        "switch": (
            (
                "esl://:ПАРОЛЬ@АДРЕС:ПОРТ коммутатора FreeSWITCH (пароль может быть в OKLIK_SWITCH_PASSWORD). "
                "Без него звонки идут на виртуальный коммутатор."
            ),
            (
                "esl://:PASSWORD@HOST:PORT of a FreeSWITCH (the password may be in OKLIK_SWITCH_PASSWORD). "
                "Without it the virtual switch is called."
            ),
        ),
        "dial_string": (
            "Как набирать номер: {number} — это +79161234567, есть и другие виды, {digits} и {national}.",
            "How a number is dialed; {number} is +79161234567, {digits} and {national} other forms.",
        ),
        "caller_id": ("Номер, который видит абонент.", "The number people see."),
        "channels": (
            "Сколько линий занимать сразу, вместе с линиями операторов.",
            "Lines in use at a time, agents' included.",
        ),
        "cps": (
            "Сколько новых звонков в секунду; верно для любой секунды.",
            "New calls a second, in every rolling second.",
        ),
        "window": (
            (
                "ЧЧ:ММ-ЧЧ:ММ: сужает часы, разрешённые законом. По часам абонента, если его пояс известен (столбец, "
                "--zone, городской номер), иначе по часам офиса (OKLIK_ZONE)."
            ),
            (
                "HH:MM-HH:MM; narrows the legal hours. By the contact's clock where their zone is certain (a column, "
                "--zone, a landline), else by the office's (OKLIK_ZONE)."
            ),
        ),
        "zone": (
            (
                "Регион списка: МСК+2, UTC+5 или Asia/Omsk. Для тех, чей пояс не виден ни по столбцу, ни по номеру; "
                "без него на российский мобильный звонят, только когда закон разрешает это во всей России."
            ),
            (
                "Region of the list: UTC+5, МСК+2 or Asia/Omsk. For people whose zone no column and no number tells; "
                "without it a Russian mobile is called only when the law allows it in all of Russia."
            ),
        ),
        "max_minutes": (
            "Через столько минут звонок прерывается, и разговор с оператором тоже.",
            "A call is hung up after so long, a talk with an agent too.",
        ),
        "retry": ("Перезванивать тем, до кого не дозвонились.", "Call again those who were not reached."),
        "speed": (_REHEARSAL[0] + "во сколько раз быстрее идёт время.", _REHEARSAL[1] + "time runs so much faster."),
        "seed": (
            _REHEARSAL[0] + "при том же числе те же люди делают то же самое.",
            _REHEARSAL[1] + "the same seed, the same people.",
        ),
        "population": (
            _REHEARSAL[0] + "что делают его абоненты (YAML).",
            _REHEARSAL[1] + "what its people do (YAML).",
        ),
        "agents": (
            "ГРУППА=СТРОКА_НАБОРА,СТРОКА_НАБОРА… в том порядке, в каком звонить операторам; можно повторять.",
            "GROUP=DIALSTRING,DIALSTRING... in the order they are rung; repeatable.",
        ),
        "sheet": (
            "Лист списка, если не первый, где есть заголовки.",
            "The sheet of the list, if not the first with a header.",
        ),
        "phone_column": (
            "Заголовок столбца с телефоном, если он не находится сам.",
            "The header of the phone column, if it is not found.",
        ),
        "voices": ("Какими голосами говорить (docs/voices.md).", "Voices to speak with (see docs/voices.md)."),
        "language": ("Язык сообщений и отчёта: ru или en.", "Language of the messages and the report: ru or en."),
        "as_json": ("Напечатать в конце итоги одним объектом JSON.", "Print the summary as one JSON object, last."),
    },
    "up": {
        "": (
            (
                "Запустить на этой машине всё и работать: база данных, озвучивание, обзвон, а если коммутатор не "
                "настроен, то и виртуальный."
            ),
            (
                "Start everything on this machine and stay: database, job worker, dialer, and a switch if none is "
                "configured."
            ),
        ),
        "speed": (_REHEARSAL[0] + "во сколько раз быстрее идёт время.", _REHEARSAL[1] + "time runs so much faster."),
    },
    "switch-conf": {
        "": (
            (
                "Записать настройки FreeSWITCH со случайным паролем (пароль у оператора связи берётся из "
                "OKLIK_GATEWAY_PASSWORD)."
            ),
            (
                "Write a FreeSWITCH configuration with a random password (the gateway's comes from "
                "OKLIK_GATEWAY_PASSWORD)."
            ),
        ),
        "folder": (
            "Папка настроек FreeSWITCH, например /etc/freeswitch.",
            "FreeSWITCH's configuration folder, e.g. /etc/freeswitch.",
        ),
        "gateway": ("ИМЯ=АДРЕС[:ПОРТ] оператора связи.", "NAME=HOST[:PORT] of the carrier."),
        "sip_ip": ("Адрес этой машины для SIP и звука.", "This machine's address for SIP and audio."),
        "ext_ip": ("Адрес, который видит оператор связи, за NAT.", "The address the carrier sees, behind NAT."),
        "gateway_user": ("Имя у оператора связи.", "Login at the carrier."),
        "gateway_ping": (
            "Раз во сколько секунд слать OPTIONS; 0 — не слать.",
            "Seconds between OPTIONS; 0 for none.",
        ),
        "register": ("Регистрироваться у оператора связи.", "Register at the carrier."),
        "sip_port": ("Порт SIP.", "The SIP port."),
        "event_socket_port": ("Порт event socket.", "The event socket's port."),
    },
    "scenario": {"": ("Проверить сценарий, никому не звоня.", "Look at scenarios without calling anyone.")},
    "scenario check": {
        "": (
            "Найти ошибки до первого звонка; если они есть, код выхода 2.",
            "Look for mistakes before the first call; exit code 2 when there are errors.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "longest": (
            "Сколько секунд может звучать один текст.",
            "How many seconds one text may take to say.",
        ),
        "language": _LANGUAGE,
    },
    "scenario simulate": {
        "": (
            "Пройти сценарий без телефона: что слышно, что нажато, куда это ведёт.",
            "Go through a scenario without a phone: what is heard, what is pressed, where it leads.",
        ),
        "file": _SCENARIO,
        "contact": ("Поля контакта, объект JSON.", "The contact's fields as a JSON object."),
        "keys": (
            (
                'Кнопки по вопросам: "1 2# -"; - это молчание, x кладёт трубку, !talked !no_agent !failed !left '
                "завершают перевод на оператора."
            ),
            'Keys by question: "1 2# -"; - is silence, x hangs up, !talked !no_agent !failed !left end a transfer.',
        ),
        "today": ("ГГГГ-ММ-ДД, день звонка.", "YYYY-MM-DD, the day of the call."),
        "time": (
            "ЧЧ:ММ, время там, где человек; без него 12:00 названного дня или сейчас.",
            "HH:MM, the time where the person is; without it noon of the day that is given, or now.",
        ),
        "who": (
            "Кто это, любое слово: от него зависит жребий шага split; без него решают поля контакта.",
            "Who it is, any word: the lot of a split depends on it; without it the contact's fields decide.",
        ),
        "language": ("Один из языков сценария.", "One of the scenario's languages."),
        "as_json": ("По одному объекту JSON в строке.", "One JSON object a line."),
        "save": (
            "Записать звонок под этим названием в golden/ рядом со сценарием, чтобы потом сверять (scenario golden).",
            "Keep the call under this name in golden/ beside the scenario, to be replayed (scenario golden).",
        ),
        "update": (
            "Заменить записанный прогон с тем же названием.",
            "Replace the run that is kept under the same name.",
        ),
    },
    "scenario golden": {
        "": (
            "Пройти сохранённые прогоны заново и сказать, что изменилось; если что-то изменилось, код выхода 1.",
            "Replay the golden runs beside scenarios; exit code 1 when one goes otherwise than it is written.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "update": (
            "Записать прогоны заново: так, как они проходят сейчас.",
            "Write the runs anew, as they go now.",
        ),
        "language": _LANGUAGE,
    },
    "scenario diff": {
        "": (
            "Сказать словами, чем одна версия сценария отличается от другой; если отличается, код выхода 1.",
            "Say in words what changed between two versions of a scenario; exit code 1 when anything did.",
        ),
        "old": ("Прежняя версия, YAML или JSON.", "The earlier version, YAML or JSON."),
        "new": ("Новая версия, YAML или JSON.", "The new version, YAML or JSON."),
        "as_json": ("По одному объекту JSON на отличие.", "One JSON object a difference."),
        "language": _LANGUAGE,
    },
    "scenario translations": {
        "": (
            "Показать, что переведено на каждый язык сценария, а чего не хватает.",
            "Show what is translated into each language of a scenario, and what is missing.",
        ),
        "file": _SCENARIO,
        "as_json": ("По одному объекту JSON на язык.", "One JSON object a language."),
        "language": _LANGUAGE,
    },
    "scenario explore": {
        "": (
            "Пройти все звонки, какие возможны: тупики, круги, самый долгий звонок. Код выхода 1, если что-то нашлось.",
            "Walk all calls that are possible: dead ends, circles, the longest call. Exit code 1 on findings.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "contact": (
            "Поля контакта, объект JSON; без него люди составляются по столбцам и условиям.",
            "The contact's fields as a JSON object; without it people are made up from columns and conditions.",
        ),
        "today": ("ГГГГ-ММ-ДД, день звонка.", "YYYY-MM-DD, the day of the call."),
        "language": ("Один из языков сценария; без него все.", "One of the scenario's languages; all by default."),
        "seconds": ("Сколько секунд идти по одному сценарию.", "Seconds to walk one scenario."),
        "states": ("Сколько состояний звонка различать.", "How many states of a call to tell apart."),
        "as_json": ("По одному объекту JSON на сценарий.", "One JSON object a scenario."),
    },
    "db": {"": ("База данных.", "The database.")},
    "db upgrade": {
        "": ("Привести таблицы базы данных к этой версии.", "Bring the database to this version's tables."),
    },
}
