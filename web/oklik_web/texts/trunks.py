"""Settings: trunks, as people without knowledge of FreeSWITCH fill them in."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Линии связи", "Trunks"),
    "new": ("Добавить линию", "Add a trunk"),
    "new_title": ("Новая линия", "New trunk"),
    "edit": ("Изменить", "Change"),
    "edit_title": ("Линия «{name}»", "Trunk “{name}”"),
    "empty": ("Линий пока нет", "No trunks yet"),
    "empty_hint": (
        (
            "Линия — это договор с оператором связи. Возьмите письмо оператора с адресом сервера, логином и паролем и "
            "перепишите его в форму."
        ),
        (
            "A trunk is a contract with a carrier. Take the carrier's letter with server, user and password "
            "and copy it into the form."
        ),
    ),
    "name": ("Название", "Name"),
    "name_hint": (
        "Как называть линию в кампаниях и отчётах, например «МТС Москва»",
        "As campaigns and reports call it, such as “Carrier, London”",
    ),
    "state": ("Состояние", "State"),
    "calls_now": ("Звонков", "Calls"),
    "per_second": ("В секунду", "A second"),
    "campaigns": ("Кампаний", "Campaigns"),
    "by_command": ("настроена командой", "set up by a command"),
    "breaker_open": ("Отключена из-за отказов", "Shut off after faults"),
    "breaker_half_open": ("Испытывается после отказов", "Being tried after faults"),
    "breaker_ramp": ("Возвращается после отказов", "Coming back after faults"),
    "part_carrier": ("Оператор", "The carrier"),
    "part_numbers": ("Номера", "Numbers"),
    "part_limits": ("Сколько можно", "How much"),
    "part_fine": ("Тонкости", "Fine points"),
    "fine_lead": (
        "Если оператор об этом ничего не пишет, оставьте как есть.",
        "Leave these as they are unless the carrier says otherwise.",
    ),
    "login": ("Как оператор узнаёт нас", "How the carrier knows us"),
    "login_registration": ("По логину и паролю", "By user and password"),
    "login_address": ("По IP-адресу", "By our IP address"),
    "about_registration": (
        "В письме оператора есть логин и пароль SIP. Коммутатор зарегистрируется сам.",
        "The carrier's letter has a SIP user and a password. The switch registers by itself.",
    ),
    "about_address": (
        "Оператор внёс адрес вашего сервера в свой список. Логин обычно не нужен.",
        "The carrier has put your server's address on its list. Usually there is no user.",
    ),
    "host": ("Адрес сервера", "Server"),
    "host_hint": (
        "Имя или IP-адрес, возможно с портом: sip.operator.ru:5060",
        "A name or an IP address, perhaps with a port: sip.carrier.example:5060",
    ),
    "user": ("Логин", "User"),
    "user_hint": ("Часто это номер телефона", "Often a phone number"),
    "password": ("Пароль", "Password"),
    "password_hint": (
        "Попадёт только в файл коммутатора; больше его никто не увидит",
        "Goes into the switch's file only; nobody sees it again",
    ),
    "password_again": ("введите пароль ещё раз", "type the password again"),
    "password_keep": (
        "Оставьте пустым, чтобы не менять. Показать его нельзя",
        "Leave it empty to keep it. It cannot be shown",
    ),
    "password_later": (
        "Здесь только проверяется; он понадобится ещё раз, когда будете скачивать файл",
        "Only checked here; you are asked again when you take the file",
    ),
    "numbers": ("Как оператор ждёт номера", "How the carrier wants numbers"),
    "numbers_plus": ("+7…", "+7…"),
    "numbers_digits": ("7…", "7…"),
    "numbers_national": ("8…", "8…"),
    "like_plus": ("например, +79161234567", "such as +79161234567"),
    "like_digits": ("например, 79161234567 — подходит чаще всего", "such as 79161234567, which fits most carriers"),
    "like_national": (
        "например, 89161234567; за границу — просто цифры",
        "such as 89161234567; plain digits for other countries",
    ),
    "caller_ids": ("Какие номера показывать", "Numbers to show"),
    "caller_ids_hint": (
        "По одному в строке, как их пишет оператор: 74951234567. Сохраняя, вы подтверждаете, что эти номера ваши.",
        "One a line, as the carrier writes them: 74951234567. By saving you confirm that these numbers are yours.",
    ),
    "carriers_own": ("тот, что подставит оператор", "the one that the carrier puts in"),
    "channels": ("Одновременных звонков", "Calls at a time"),
    "channels_hint": ("Столько каналов по договору", "As many channels as the contract has"),
    "cps": ("Звонков в секунду", "Calls a second"),
    "cps_hint": ("Не знаете — оставьте 1: больше оператор может отклонять", "Leave 1 if unsure: carriers refuse more"),
    "attempt_price": ("Цена попытки", "Price of a call"),
    "price_hint": (
        "Нужны для лимитов расходов; можно не заполнять",
        "For limits of spending; may be left empty",
    ),
    "minute_price": ("Цена минуты", "Price of a minute"),
    "dtmf": ("Как передаются нажатия клавиш", "How pressed keys travel"),
    "dtmf_hint": ("Если клавиши не слышны, попробуйте другой", "If keys are not heard, try another one"),
    "dtmf_rfc2833": ("RFC 2833 (обычно)", "RFC 2833 (usual)"),
    "dtmf_info": ("SIP INFO", "SIP INFO"),
    "dtmf_inband": ("Тоном в голосе (in-band)", "Tones in the sound (in-band)"),
    "codecs": ("Кодеки", "Codecs"),
    "codecs_hint": (
        "PCMA понимают все; OPUS и G722 — только с дополнительными модулями FreeSWITCH",
        "Everybody knows PCMA; OPUS and G722 need further modules of FreeSWITCH",
    ),
    "caller_id": ("Где указывать наш номер", "Where our number is put"),
    "caller_id_hint": (
        "Если у людей виден не тот номер, спросите оператора, какой заголовок он читает",
        "If people see a wrong number, ask the carrier which header it reads",
    ),
    "caller_id_from": ("В заголовке From (обычно)", "In the From header (usual)"),
    "caller_id_pai": ("В P-Asserted-Identity", "In P-Asserted-Identity"),
    "caller_id_rpid": ("В Remote-Party-ID", "In Remote-Party-ID"),
    "nat_address": ("Внешний IP-адрес", "Outer IP address"),
    "nat_hint": (
        (
            "Только если сервер стоит за NAT: адрес, который видит оператор. Для звука тот же адрес нужен и "
            "настройкам самого FreeSWITCH."
        ),
        ("Only behind NAT: the address that the carrier sees. For sound FreeSWITCH itself has to be set to the same."),
    ),
    "nat_none": ("адрес самого узла", "the node's own"),
    "ping": ("Проверять связь", "Probe the line"),
    "ping_hint": (
        "Включайте, только если оператор отвечает на OPTIONS: иначе линия будет считаться мёртвой",
        "Only if the carrier answers OPTIONS: else the line is taken for dead",
    ),
    "ping_none": ("нет", "no"),
    "ping_s": ("раз в {n} с", "every {n} s"),
    "save": ("Сохранить", "Save"),
    "is_saved": (
        "Сохранено. Коммутатор перечитает настройки сам, идущие звонки не прервутся.",
        "Saved. The switch reads the settings by itself; calls that are up go on.",
    ),
    "bad_channels": ("нужно целое число от 1 до 5000", "a whole number from 1 to 5000 is needed"),
    "bad_cps": ("нужно число от 0,01 до 500", "a number from 0.01 to 500 is needed"),
    "bad_attempt_price": ("нужна сумма не меньше нуля", "an amount not below nought is needed"),
    "bad_minute_price": ("нужна сумма не меньше нуля", "an amount not below nought is needed"),
    "state_title": ("Как линия себя чувствует", "How the trunk is"),
    "settings_title": ("Настройки", "Settings"),
    "at_node": ("узел {node}", "node {node}"),
    "sip_status": ("Ответ оператора: {n}.", "The carrier's answer: {n}."),
    "is_registered": ("Зарегистрирована", "Registered"),
    "hint_registered": ("Оператор нас узнал, можно звонить.", "The carrier knows us, calls can be made."),
    "is_ready": ("Готова", "Ready"),
    "hint_ready": (
        "Регистрация не нужна: оператор узнаёт нас по адресу. Проверить можно только звонком.",
        "Nothing to register: the carrier knows our address. Only a call can prove it.",
    ),
    "is_trying": ("Соединяется", "Connecting"),
    "hint_trying": ("Коммутатор регистрируется у оператора…", "The switch is registering with the carrier…"),
    "is_wrong_login": ("Отказ: неверный логин или пароль", "Refused: wrong user or password"),
    "hint_wrong_login": (
        "Перепишите логин и пароль из письма оператора ещё раз; если не поможет, уточните их у оператора.",
        "Copy user and password from the carrier's letter again; if that does not help, ask the carrier.",
    ),
    "is_unknown_user": ("Отказ: оператор не знает такого логина", "Refused: the carrier does not know this user"),
    "hint_unknown_user": (
        "Проверьте логин и адрес сервера: возможно, это сервер для других договоров.",
        "Look at the user and the server: it may be one for other contracts.",
    ),
    "is_refused": ("Оператор отказал в регистрации", "The carrier refused to register us"),
    "hint_refused": (
        "Коммутатор повторит попытку сам. Если не поможет, сообщите оператору ответ, который показан здесь.",
        "The switch tries again by itself. If that does not help, tell the carrier the answer shown here.",
    ),
    "is_no_answer": ("Оператор не отвечает", "The carrier does not answer"),
    "hint_no_answer": (
        "Проверьте адрес сервера и порт, и что межсетевой экран пропускает SIP к оператору и обратно.",
        "Look at the server and the port, and see that the firewall lets SIP to the carrier and back.",
    ),
    "is_missing": ("Коммутатор не знает этой линии", "The switch does not know this trunk"),
    "hint_missing": (
        "Файл {file} не лежит в папке local/ настроек FreeSWITCH. Положите его туда и нажмите «Перечитать настройки».",
        (
            "The file {file} is not in the folder local/ of FreeSWITCH's configuration. Put it there, press “Read the "
            "settings again”."
        ),
    ),
    "is_applying": ("Настройки применяются", "Settings are being applied"),
    "hint_applying": ("Обычно это занимает несколько секунд.", "This takes some seconds."),
    "is_unknown": ("Состояние неизвестно", "State unknown"),
    "hint_unknown": (
        "Дозвонщик не работает или не связан с FreeSWITCH: посмотрите на странице узлов.",
        "No dialer runs, or it has no connection to FreeSWITCH: see the page of nodes.",
    ),
    "rescan": ("Перечитать настройки", "Read the settings again"),
    "is_asked": (
        "Коммутатор перечитает настройки в течение нескольких секунд.",
        "The switch reads its settings within some seconds.",
    ),
    "file_title": ("Файл для коммутатора", "The switch's file"),
    "file_lead": (
        "Настройки FreeSWITCH лежат на другой машине, поэтому файл {file} нужно отнести туда.",
        "FreeSWITCH's configuration lies on another machine, so the file {file} has to be taken there.",
    ),
    "file_gone": (
        "Файла {file} нет в папке настроек FreeSWITCH. Сохраните линию ещё раз, введя пароль, или положите файл сами.",
        "The file {file} is not in FreeSWITCH's configuration. Save the trunk again with its password.",
    ),
    "file_step_1": ("Скачайте файл.", "Take the file."),
    "file_step_2": (
        "Положите его в папку local/ настроек FreeSWITCH и закройте от чужих: chmod 600 {file}",
        "Put it into the folder local/ of FreeSWITCH's configuration and close it to others: chmod 600 {file}",
    ),
    "file_step_3": ("Нажмите здесь «Перечитать настройки».", "Press “Read the settings again” here."),
    "file_get": ("Скачать файл", "Take the file"),
    "file_password_hint": (
        "Пароль попадёт в файл и нигде не сохранится.",
        "The password goes into the file and is kept nowhere.",
    ),
    "remove": ("Удалить линию", "Remove the trunk"),
    "remove_ask": ("Удалить линию «{name}»? Вернуть её нельзя.", "Remove “{name}”? It cannot be brought back."),
    "in_use": (
        "Ей {n:пользуется|пользуются|пользуются} {n} {n:кампания|кампании|кампаний}",
        "{n} {n:campaign uses|campaigns use} it",
    ),
    "is_removed": ("Линия «{name}» удалена", "The trunk “{name}” is removed"),
    "not_written_folder": (
        "{path} — не папка настроек FreeSWITCH, сделанная Окликом: в ней нет local/",
        "{path} is no configuration that Oklik has made: it has no local/",
    ),
    "not_written_disk": (
        "файл для коммутатора не записать в {path}: {why}",
        "cannot write the switch's file into {path}: {why}",
    ),
}
