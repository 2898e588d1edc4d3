"""Help of `oklik run`, `oklik up` and what sets them up."""

from oklik.help_texts.shapes import REHEARSAL, SCENARIO, Texts

TEXTS: dict[str, Texts] = {
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
        "scenario": SCENARIO,
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
        "speed": (REHEARSAL[0] + "во сколько раз быстрее идёт время.", REHEARSAL[1] + "time runs so much faster."),
        "seed": (
            REHEARSAL[0] + "при том же числе те же люди делают то же самое.",
            REHEARSAL[1] + "the same seed, the same people.",
        ),
        "population": (
            REHEARSAL[0] + "что делают его абоненты (YAML).",
            REHEARSAL[1] + "what its people do (YAML).",
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
        "speed": (REHEARSAL[0] + "во сколько раз быстрее идёт время.", REHEARSAL[1] + "time runs so much faster."),
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
    "db": {"": ("База данных.", "The database.")},
    "db upgrade": {
        "": ("Привести таблицы базы данных к этой версии.", "Bring the database to this version's tables."),
    },
}
