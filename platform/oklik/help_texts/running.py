"""Help of `oklik run`, `oklik up` and what sets them up."""

from oklik.help_texts.shapes import CERTIFICATE, KEY, LANGUAGE, REHEARSAL, SCENARIO, TLS, Texts

TEXTS: dict[str, Texts] = {
    "": {
        "": (
            "Оклик: голосовые обзвоны через FreeSWITCH, от списка в Excel до отчёта в Excel.",
            "Oklik: voice campaigns on FreeSWITCH, from an Excel list to an Excel report.",
        ),
        "version": ("Показать версию.", "Show the version."),
        "language": (
            "Язык сообщений и справки, как OKLIK_LANGUAGE: ru или en.",
            "Language of messages and help, as OKLIK_LANGUAGE: ru or en.",
        ),
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
                "Регион списка: «Свердловская область», МСК+2, UTC+5 или Asia/Omsk. Для тех, чей пояс "
                "не виден ни по столбцу, ни по номеру; "
                "без него на российский мобильный звонят, только когда закон разрешает это во всей России."
            ),
            (
                "Region of the list: a region's Russian name, UTC+5 or Asia/Omsk. For people whose zone no "
                "column and no number tells; "
                "without it a Russian mobile is called only when the law allows it in all of Russia."
            ),
        ),
        "max_minutes": (
            "Через столько минут звонок прерывается, и разговор с оператором тоже.",
            "A call is hung up after so long, a talk with an agent too.",
        ),
        "machines": (
            (
                "Что делать, когда слышен сигнал автоответчика: ignore, note, hang-up, leave-message; или "
                "ИМЯ=ЗНАЧЕНИЕ через запятую (docs/machines.md)."
            ),
            (
                "What to do at the beep of an answering machine: ignore, note, hang-up, leave-message; or NAME=VALUE "
                "with commas between (docs/machines.md)."
            ),
        ),
        "retry": ("Перезванивать тем, до кого не дозвонились.", "Call again those who were not reached."),
        "retry_plan": (
            "Кому и через сколько перезванивать (YAML, docs/dialing.md).",
            "Whom to call again, and after how long (YAML, see docs/dialing.md).",
        ),
        "return_scenario": (
            "Сценарий для тех, кто перезвонил сам; без него они слышат сценарий кампании.",
            "The scenario for those who call back; without it they hear the campaign's.",
        ),
        "record": (
            (
                "Что записывать: off — ничего, call — звонок целиком, agent — только разговор с оператором. "
                "О записи говорится в начале звонка."
            ),
            "What to record: off, call (all of it), or agent (the talk with an agent). Calls begin by saying so.",
        ),
        "record_name": (
            "Как называть записи, например {date}/{phone}-{time}; поля: campaign, date, time, phone, id.",
            "How to name recordings, such as {date}/{phone}-{time}; fields: campaign, date, time, phone, id.",
        ),
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
        "person_column": (
            "Заголовок столбца с ключом человека (ID должника): его договоры и телефоны считаются вместе.",
            "The header of the person key (debtor id): a person's contracts and phones count together.",
        ),
        "contract_column": (
            "Заголовок столбца с номером договора, если он не находится сам.",
            "The header of the contract's number, if it is not found.",
        ),
        "phone_role": (
            "ЗАГОЛОВОК=own|work|guarantor|relative|third: чьи телефоны в столбце; можно повторять.",
            "HEADER=own|work|guarantor|relative|third: whose phones a column holds; repeatable.",
        ),
        "third_persons": (
            "Согласия людей на звонки их родственникам и третьим лицам у вас есть.",
            "You have the people's consents to calls at phones of relatives and third persons.",
        ),
        "as_messages": (
            "Считать звонки голосовыми сообщениями, а не разговорами (230-ФЗ: 2/4/16); решает ваш юрист.",
            "Count the calls as voice messages and not as talks (230-FZ: 2/4/16); a word for your lawyer.",
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
        "tls": TLS,
        "certificate": CERTIFICATE,
        "key": KEY,
        "language": LANGUAGE,
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
        "language": LANGUAGE,
    },
    "db": {"": ("База данных.", "The database.")},
    "db upgrade": {
        "": ("Привести таблицы базы данных к этой версии.", "Bring the database to this version's tables."),
        "language": LANGUAGE,
    },
}
