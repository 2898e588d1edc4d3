"""What is wrong with what a person gave."""

TEXTS: dict[str, tuple[str, str]] = {
    "record_name_off": (
        "--record-name: без --record записей не будет",
        "--record-name: without --record there are no recordings",
    ),
    "record": (
        "--record {given}: нужно off, call или agent",
        "--record {given}: off, call or agent is expected",
    ),
    "worded": ("{ru}", "{en}"),
    "retry_plan_and_none": (
        "--retry-plan и --no-retry: вместе они не имеют смысла, оставьте одно",
        "--retry-plan and --no-retry make no sense together; give one of them",
    ),
    "retry_plan_utf8": ("--retry-plan {path}: файл не в UTF-8", "--retry-plan {path}: the file is not UTF-8"),
    "no_file": ("{option}{path}: такого файла нет", "{option}{path}: no such file"),
    "not_a_file": (
        "{option}{path}: это папка, а нужен файл",
        "{option}{path}: this is a folder, and a file is expected",
    ),
    "unreadable": ("{option}{path}: файл не читается: {why}", "{option}{path}: cannot be read: {why}"),
    "language": ("--language {given}: ru или en", "--language {given}: ru or en"),
    "speaks": ("--language {given}: {path} говорит на {known}", "--language {given}: {path} speaks {known}"),
    "virtual_only": (
        "--{name}: только для виртуального коммутатора; настоящий звонит настоящим людям в настоящее время",
        "--{name}: only for the virtual switch; a real one calls real people in real time",
    ),
    "caller_id": (
        "--caller-id {given}: от 1 до 15 цифр, можно с плюсом впереди, и не платный номер: люди перезванивают",
        "--caller-id {given}: 1 to 15 digits, with or without a leading +, and no premium number: people call back",
    ),
    "dial_string": (
        (
            "--dial-string {given}: нужно sofia/gateway/ИМЯ/{{number}}, sofia/ПРОФИЛЬ/{{number}}@АДРЕС[:ПОРТ] "
            "или user/{{number}}[@АДРЕС]; вместо {{number}} можно {{digits}} или {{national}}, "
            "перед ним — до 6 цифр, которые не меняют номер"
        ),
        (
            "--dial-string {given}: sofia/gateway/NAME/{{number}}, sofia/PROFILE/{{number}}@HOST[:PORT] "
            "or user/{{number}}[@HOST] is expected; {{digits}} or {{national}} may stand for {{number}}, "
            "before it up to 6 digits that make no other number of it"
        ),
    ),
    "window": (
        "--window {given}: нужно ЧЧ:ММ-ЧЧ:ММ, начало раньше конца, в пределах суток",
        "--window {given}: HH:MM-HH:MM is expected, beginning before its end, within one day",
    ),
    "machines": (
        (
            "--machines {given}: нужно ignore, note, hang-up или leave-message, или ИМЯ=ЗНАЧЕНИЕ через запятую: "
            "on_beep, listen_s, key_gate, false_answer_s, early_unreachable ({detail})"
        ),
        (
            "--machines {given}: ignore, note, hang-up or leave-message is expected, or NAME=VALUE with commas "
            "between: on_beep, listen_s, key_gate, false_answer_s, early_unreachable ({detail})"
        ),
    ),
    "zone": (
        "--zone {given}: нужен регион с одним поясом («Свердловская область») или пояс: МСК+2, UTC+5, Asia/Omsk",
        "--zone {given}: a time zone is expected, such as UTC+5 or Asia/Omsk, or a Russian region that has but one",
    ),
    "never_open": (
        (
            "{path}: позвонить нельзя никому ({n}): нет часа, который подходит под --window и закон во всех часовых "
            "поясах, где абонент может быть. Нужен столбец «Часовой пояс», или --zone (регион базы), или другие часы"
        ),
        (
            "{path}: nobody can be called ({n}): no hour suits --window and the law in every zone where the person "
            "may be. A time zone column is needed, or --zone (the region of the list), or another window"
        ),
    ),
    "agents": (
        "--agents {given}: нужно ГРУППА=СТРОКА_НАБОРА,СТРОКА_НАБОРА…",
        "--agents {given}: GROUP=DIALSTRING,DIALSTRING... is expected",
    ),
    "agents_twice": ("--agents: группа «{group}» названа дважды", "--agents: the group {group} is named twice"),
    "agent": (
        "--agents, группа «{group}»: «{given}» — не строка набора одного операторского телефона",
        "--agents, group {group}: {given} is not the dial string of one agent's phone",
    ),
    "channels_for_agents": (
        (
            "--channels: шаг {node} сценария {scenario} переводит на оператора, для этого нужны две линии сразу; "
            "задайте не меньше {least}"
        ),
        (
            "--channels: the node {node} of {scenario} transfers to an agent, which takes two lines at a time; "
            "give at least {least}"
        ),
    ),
    "group_missing": (
        (
            "{scenario}: шаг {node}, group: сценарий переводит на группу «{group}», назовите её операторов: "
            "--agents {group}=СТРОКА_НАБОРА,…"
        ),
        (
            "{scenario}: node {node}, group: the scenario transfers to {group}; name its agents: "
            "--agents {group}=DIALSTRING,..."
        ),
    ),
    "group_unknown": (
        "--agents: группы «{group}» в сценарии {scenario} нет; есть: {known}",
        "--agents: {scenario} has no group {group}; it has: {known}",
    ),
    "no_groups": (
        "--agents: группы «{group}» в сценарии {scenario} нет: он никого не переводит на операторов",
        "--agents: {scenario} has no group {group}: it transfers nobody to agents",
    ),
    "no_contacts": (
        "{path}: звонить некому, ни одной годной строки (отклонено {rejected}{example})",
        "{path}: nobody to call, not one usable row (refused {rejected}{example})",
    ),
    "such_as": (", строка {row}: {reason}", ", row {row}: {reason}"),
    "report_name": (
        "--report {path}: отчёт — файл Excel, имя должно кончаться на .xlsx",
        "--report {path}: the report is an Excel file, its name must end in .xlsx",
    ),
    "report_is_input": (
        "--report {path}: это тот же файл, что {given}; отчёт стёр бы его, назовите отчёт иначе",
        "--report {path}: this is the same file as {given}, which the report would wipe out; give another name",
    ),
    "report_foreign": (
        "--report {path}: такой файл уже есть, и это не отчёт Оклика (или его потом правили); назовите отчёт иначе",
        "--report {path}: this file exists and is no report of Oklik's (or was edited since); give another name",
    ),
    "report_is_folder": ("--report {path}: это папка", "--report {path}: this is a folder"),
    "report_no_folder": ("--report {path}: нет папки {folder}", "--report {path}: there is no folder {folder}"),
    "report_read_only": (
        "--report {path}: такой файл уже есть и закрыт для записи",
        "--report {path}: this file exists and must not be written",
    ),
    "report_refused": ("--report {path}: записать нельзя: {why}", "--report {path}: cannot be written: {why}"),
    "recordings": ("OKLIK_RECORDINGS {path}: {why}", "OKLIK_RECORDINGS {path}: {why}"),
    "home": ("OKLIK_HOME {path}: {why}", "OKLIK_HOME {path}: {why}"),
    "home_name": (
        (
            "OKLIK_HOME {path}: путь к записям передаётся коммутатору, в нём допустимы только латинские буквы, цифры "
            "и _.+=@-; выберите другую папку"
        ),
        (
            "OKLIK_HOME {path}: the switch is told where prompts lie, so the path may hold only Latin letters, digits "
            "and _.+=@-; choose another folder"
        ),
    ),
    "no_room": (
        "OKLIK_HOME {path}: на диске свободно {free} МБ, а нужно не меньше {needed} МБ",
        "OKLIK_HOME {path}: {free} MB are free on the disk, and at least {needed} MB are needed",
    ),
    "disk": ("{path}: {why}", "{path}: {why}"),
    "setting": ("{name}: {expected}", "{name}: {expected}"),
    "database_url": (
        (
            "OKLIK_DATABASE_URL: нужно postgresql://ИМЯ:ПАРОЛЬ@АДРЕС/БАЗА; знаки @ : / в пароле пишутся как %40 %3A "
            "%2F, а других секретов (sslpassword) в адресе быть не может"
        ),
        (
            "OKLIK_DATABASE_URL: postgresql://USER:PASSWORD@HOST/DATABASE is expected; @ : / in a password are written "
            "as %40 %3A %2F, and other secrets (sslpassword) are not taken"
        ),
    ),
    "database_away": (
        "OKLIK_DATABASE_URL: база данных {where} не отвечает: {why}",
        "OKLIK_DATABASE_URL: the database {where} does not answer: {why}",
    ),
    "voices": ("файл голосов не годится: {detail}", "the voices will not do: {detail}"),
    "dictionary": ("словарь произношения не годится: {detail}", "the dictionary will not do: {detail}"),
    "population": (
        "файл населения (--population) не годится: {detail}",
        "the population (--population) will not do: {detail}",
    ),
    "switch_address": ("{name}: нужно esl://:ПАРОЛЬ@АДРЕС:ПОРТ", "{name}: esl://:PASSWORD@HOST:PORT is expected"),
    "switch_port": ("{name}: порт — число от 1 до 65535", "{name}: the port is a number from 1 to 65535"),
    "switch_no_password": (
        "{name}: нет пароля ни в адресе, ни в OKLIK_SWITCH_PASSWORD",
        "{name}: no password, neither in the address nor in OKLIK_SWITCH_PASSWORD",
    ),
    "switch_known_password": (
        "{name}: это всем известный пароль (заводской FreeSWITCH или слово из списков); задайте коммутатору свой",
        "{name}: everybody knows this password (FreeSWITCH's own, or a word of the lists); give the switch its own one",
    ),
    "switch_short_password": (
        "{name}: в пароле коммутатора меньше {least} знаков; задайте длиннее (oklik switch-conf делает 43)",
        "{name}: the switch's password has less than {least} characters; give it a longer one (switch-conf makes 43)",
    ),
    "tables_newer": (
        (
            "таблицы базы версии {there}, а эта программа знает версии до {known}: запустите ту версию Оклика, которая "
            "обновила базу, или восстановите копию, снятую до обновления (oklik restore)"
        ),
        (
            "the database's tables are of version {there}, and this program knows up to {known}: start the version "
            "of Oklik that has upgraded it, or put back a backup made before that (oklik restore)"
        ),
    ),
    "database_known_password": (
        "OKLIK_DATABASE_URL: пароль базы {where} всем известен, а сервер в сети: смените его (ALTER ROLE … PASSWORD)",
        "OKLIK_DATABASE_URL: everybody knows the password of {where}, a server in the network: change it",
    ),
    "database_short_password": (
        (
            "OKLIK_DATABASE_URL: в пароле базы {where} меньше {least} знаков, а сервер в сети: смените его "
            "(ALTER ROLE … PASSWORD)"
        ),
        (
            "OKLIK_DATABASE_URL: the password of {where} has less than {least} characters, and the server is in the "
            "network: change it"
        ),
    ),
    "switch_unreachable": (
        "{name}: по адресу {where} коммутатор не отвечает; проверьте адрес, порт и запущен ли FreeSWITCH",
        "{name}: no switch answers at {where}; check the address, the port, and that FreeSWITCH runs",
    ),
    "switch_password": (
        "{name}: коммутатор {where} не принял пароль",
        "{name}: the switch at {where} refused the password",
    ),
    "switch_acl": (
        "{name}: коммутатор {where} не допускает наш адрес (apply-inbound-acl)",
        "{name}: the switch at {where} does not admit our address (apply-inbound-acl)",
    ),
    "switch_file": (
        (
            "{name}: коммутатор {where} не находит файлы в {path}: дайте его пользователю доступ к этой папке "
            "(docs/freeswitch.md) или запускайте oklik на той же машине"
        ),
        (
            "{name}: the switch at {where} does not find files in {path}: give its user access to that folder "
            "(docs/freeswitch.md), or run oklik on the same machine"
        ),
    ),
    "switch_records": (
        (
            "{name}: сценарий записывает ответы голосом, а коммутатор {where} не может записать файл в {path}: дайте "
            "его пользователю право записи в эту папку (docs/freeswitch.md)"
        ),
        (
            "{name}: the scenario records answers by voice, and the switch at {where} cannot make a file in {path}: "
            "give its user the right to write there (docs/freeswitch.md)"
        ),
    ),
    "switch_guard": (
        (
            "{name}: у коммутатора {where} нет нашего сторожа: положите oklik.lua в его папку scripts, "
            "загрузите mod_lua и mod_hash"
        ),
        "{name}: the switch at {where} has no guard: put oklik.lua into its scripts folder, load mod_lua and mod_hash",
    ),
    "switch_guard_old": (
        "{name}: на коммутаторе {where} старый oklik.lua: положите новый в его папку scripts, перезапуск не нужен",
        "{name}: oklik.lua at the switch {where} is old: put the new one into its scripts folder, no restart is needed",
    ),
    "switch_guard_records": (
        (
            "{name}: разговоры или ответы голосом записываются, а для записи на коммутаторе {where} нужен наш сторож: "
            "положите oklik.lua в его папку scripts, загрузите mod_lua и mod_hash; без записи он не обязателен"
        ),
        (
            "{name}: calls or answers by voice are recorded, and for recording the switch at {where} needs our guard: "
            "put oklik.lua into its scripts folder, load mod_lua and mod_hash; without recording it may be missing"
        ),
    ),
    "switch_trouble": ("{name}: коммутатор {where}: {detail}", "{name}: the switch at {where}: {detail}"),
    "node_taken": (
        (
            "узел {node} уже ведёт другой процесс Оклика (oklik up или та же команда); остановите его или задайте "
            "другой OKLIK_NODE"
        ),
        (
            "the node {node} is already driven by another Oklik (oklik up, or this very command); stop it, or set "
            "another OKLIK_NODE"
        ),
    ),
    "clean": ("{path}: ошибок нет", "{path}: no mistakes"),
    "contact_json": (
        "--contact: это не JSON: ошибка в строке {line}, символ {column}",
        "--contact: not JSON: a mistake in line {line}, character {column}",
    ),
    "contact_object": (
        '--contact: нужен объект из текстов, например {{"name": "Иванов Иван"}}',
        '--contact: an object of texts is expected, such as {{"name": "Иванов Иван"}}',
    ),
    "keys": ("--keys: {detail}", "--keys: {detail}"),
    "time": ("--time {given}: нужно ЧЧ:ММ", "--time {given}: HH:MM is expected"),
    "today": ("--today {given}: нужно ГГГГ-ММ-ДД", "--today {given}: YYYY-MM-DD is expected"),
    "golden_saved": ("{path}: прогон «{name}» записан", "{path}: the run {name} is written"),
    "golden_taken": (
        "--save {name}: в {path} такой прогон уже есть; заменить его — с --update, или назовите иначе",
        "--save {name}: {path} has such a run; --update replaces it, or give another name",
    ),
    "golden_name": (
        "--save: нужно название прогона, до 200 знаков",
        "--save: the name of the run is expected, up to 200 characters",
    ),
    "golden_bare": ("--update: нужен и --save НАЗВАНИЕ", "--update: --save NAME is needed, too"),
    "golden_unwritten": ("{path}: прогон записать нельзя: {why}", "{path}: the run cannot be written: {why}"),
    "golden_none": (
        "{path}: сохранённых прогонов нет; записать первый: oklik scenario simulate … --save НАЗВАНИЕ",
        "{path}: no golden runs; the first is written by: oklik scenario simulate … --save NAME",
    ),
    "golden_same": ("{path}: прогонов {n}, все как записаны", "{path}: runs {n}, all as they are written"),
    "golden_run": ("{path}: прогон «{name}»: {difference}", "{path}: run “{name}”: {difference}"),
    "golden_updated": (
        "{path}: прогонов {n}, записано заново {changed}",
        "{path}: runs {n}, written anew {changed}",
    ),
    "golden_head": (
        "Прогоны {name}. Проверить: oklik scenario golden {name}, записать заново — с --update",
        "Runs of {name}. Replayed by: oklik scenario golden {name}, written anew with --update",
    ),
    "translation_language": ("язык", "language"),
    "translation_done": ("переведено", "translated"),
    "translation_covered": ("заменит другой", "another stands in"),
    "translation_missing": ("не хватает", "missing"),
    "translation_share": ("готово", "done"),
    "translation_gap": (
        "{given}: шаг {node}, {field}: перевода нет",
        "{given}: node {node}, {field}: not translated",
    ),
    "translation_stand_in": (
        "{given}: шаг {node}, {field}: перевода нет, его заменит {instead}",
        "{given}: node {node}, {field}: not translated, {instead} stands in",
    ),
    "no_difference": ("различий нет", "no differences"),
    "gateway": ("--gateway {given}: нужно ИМЯ=АДРЕС[:ПОРТ]", "--gateway {given}: NAME=HOST[:PORT] is expected"),
    "gateway_password": (
        "--gateway-user: нужен и пароль, в переменной OKLIK_GATEWAY_PASSWORD",
        "--gateway-user: its password is needed, too, in OKLIK_GATEWAY_PASSWORD",
    ),
    "gateway_register": (
        "--register: для регистрации нужен --gateway-user",
        "--register: registering needs --gateway-user",
    ),
    "conf_foreign": (
        "{folder}: здесь другая настройка FreeSWITCH; уберите её в сторону, например: mv {folder} {folder}.old",
        "{folder}: another FreeSWITCH configuration is here; move it away, say: mv {folder} {folder}.old",
    ),
    "conf_value": ("{name}: недопустимое значение", "{name}: not an acceptable value"),
    "conf_shipped": (
        "{path}: нет образца настроек; запускайте из полной копии Оклика",
        "{path}: the shipped configuration is not there; run from a checkout of Oklik",
    ),
}
