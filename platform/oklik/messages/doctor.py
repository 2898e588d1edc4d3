"""What `oklik doctor` says: what it found (doctor_CODE), and how it is mended (doctor_CODE_mend)."""

TEXTS: dict[str, tuple[str, str]] = {
    "doctor_place_machine": ("Машина", "Machine"),
    "doctor_place_database": ("База данных", "Database"),
    "doctor_place_running": ("Работа", "At work"),
    "doctor_place_switch": ("Коммутатор и линии", "Switch and trunks"),
    "doctor_place_speech": ("Речь", "Speech"),
    "doctor_good": ("Всё в порядке.", "All is well."),
    "doctor_warned": ("Работать можно; замечаний: {n}.", "It can work; remarks: {n}."),
    "doctor_bad": ("Нужно исправить: {n}.", "To be mended: {n}."),
    # the machine
    "doctor_home_name": (
        "папка {path}: её имя нельзя передать коммутатору, звонки будут молчать",
        "the folder {path}: its name cannot be told to the switch, calls would be silent",
    ),
    "doctor_home_name_mend": (
        "задайте в OKLIK_HOME путь из латинских букв, цифр и знаков _.+=@-",
        "set OKLIK_HOME to a path of Latin letters, digits and _.+=@-",
    ),
    "doctor_home_closed": ("в папку {path} нельзя писать", "the folder {path} cannot be written to"),
    "doctor_home_closed_mend": (
        "отдайте её пользователю, от которого работает Oklik: chown",
        "give it to the user whom Oklik runs as: chown",
    ),
    "doctor_home_unreadable": ("папка {path}: {why}", "the folder {path}: {why}"),
    "doctor_home_unreadable_mend": ("проверьте диск", "look at the disk"),
    "doctor_disk": ("на диске свободно {free} ГБ ({path})", "{free} GB are free on the disk ({path})"),
    "doctor_disk_full": (
        "на диске осталось {free} МБ ({path}): новое не начинается",
        "{free} MB are left on the disk ({path}): nothing new is begun",
    ),
    "doctor_disk_full_mend": (
        "освободите место: старые записи звонков, журналы; срок хранения записей — OKLIK_RECORDING_DAYS",
        "make room: old recordings, logs; how long recordings are kept: OKLIK_RECORDING_DAYS",
    ),
    "doctor_disk_tight": ("на диске осталось {free} МБ ({path})", "{free} MB are left on the disk ({path})"),
    "doctor_disk_tight_mend": (
        "минута записи звонка занимает 2 МБ, тысяча подсказок — около 100 МБ: добавьте места",
        "a minute of a recorded call takes 2 MB, a thousand prompts some 100 MB: add room",
    ),
    "doctor_inodes": (
        "на диске осталось мест для {free} файлов ({path})",
        "the disk has room for {free} more files ({path})",
    ),
    "doctor_inodes_mend": (
        "подсказка — это файл: перенесите OKLIK_HOME на диск, где файлов может быть больше",
        "a prompt is a file: move OKLIK_HOME to a disk that takes more of them",
    ),
    "doctor_memory": ("свободной памяти {free} МБ", "{free} MB of memory are free"),
    "doctor_memory_mend": (
        "освободите или добавьте память: при нехватке система убивает процессы",
        "free or add memory: when there is none the system kills processes",
    ),
    "doctor_files": (
        "процессу можно открыть только {limit} файлов",
        "a process may open only {limit} files",
    ),
    "doctor_files_mend": (
        "поднимите предел до {least} и выше: LimitNOFILE= в службе systemd или ulimit -n",
        "raise the limit to {least} at least: LimitNOFILE= in the systemd service, or ulimit -n",
    ),
    "doctor_files_good": ("открытых файлов хватит", "enough files can be opened"),
    "doctor_clock": ("часы сверяются с точным временем", "the clock is kept right"),
    "doctor_clock_free": (
        "часы машины никто не сверяет: часы звонков задаёт закон",
        "nobody keeps this machine's clock right, and calling hours are the law's",
    ),
    "doctor_clock_free_mend": (
        "включите сверку: apt-get install systemd-timesyncd или chrony, потом timedatectl set-ntp true",
        "have it kept: apt-get install systemd-timesyncd or chrony, then timedatectl set-ntp true",
    ),
    "doctor_clock_unknown": (
        "сверяются ли часы, узнать нельзя (контейнер?)",
        "whether the clock is kept right cannot be asked here (a container?)",
    ),
    "doctor_absent": ("{name}: нет такого файла или папки: {path}", "{name}: no such file or folder: {path}"),
    "doctor_absent_mend": (
        "верните его на место или поправьте {name}; пользователь Оклика должен туда пройти",
        "put it back, or mend {name}; Oklik's user must be let through to it",
    ),
    "doctor_programs": ("нет программ: {names}", "programs are missing: {names}"),
    "doctor_programs_mend": ("apt-get install {packages}", "apt-get install {packages}"),
    "doctor_programs_good": ("программы на месте: {names}", "the programs are there: {names}"),
    # the database
    "doctor_database": ("PostgreSQL {version} отвечает", "PostgreSQL {version} answers"),
    "doctor_database_none": (
        "базы ещё нет ({path}): её создаст oklik up",
        "there is no database yet ({path}): oklik up makes it",
    ),
    "doctor_restoring": (
        "восстановление из копии не закончено ({path}): базы ещё нет",
        "a backup was put back in part only ({path}): its database is not there yet",
    ),
    "doctor_restoring_mend": (
        "если оно не идёт сейчас, повторите ту же команду: oklik restore ФАЙЛ; до того не запускайте oklik up",
        "if that is not at work just now, say the same again: oklik restore FILE; no oklik up before",
    ),
    "doctor_database_url": ("OKLIK_DATABASE_URL не прочитать", "OKLIK_DATABASE_URL cannot be read"),
    "doctor_database_url_mend": (
        (
            "нужно postgresql://ИМЯ:ПАРОЛЬ@МАШИНА:ПОРТ/БАЗА; знаки @ : / в пароле пишутся как %40 %3A %2F, а других "
            "секретов (sslpassword) в адресе быть не может"
        ),
        (
            "say postgresql://NAME:PASSWORD@HOST:PORT/DATABASE; @ : / in a password are written as %40 %3A %2F, and "
            "other secrets (sslpassword) are not taken"
        ),
    ),
    "doctor_database_away": ("база {where} недоступна: {why}", "the database {where} cannot be reached: {why}"),
    "doctor_database_away_mend": (
        "запустите PostgreSQL, проверьте адрес, пароль и pg_hba.conf; у встроенной базы рядом лежит server.log",
        "start PostgreSQL, look at address, password and pg_hba.conf; the embedded one has its server.log beside it",
    ),
    "doctor_database_failed": ("база ответила ошибкой: {why}", "the database answered with an error: {why}"),
    "doctor_database_failed_mend": ("смотрите журнал PostgreSQL", "look at PostgreSQL's log"),
    "doctor_database_old": (
        "PostgreSQL {version} слишком старый: нужен {least} или новее",
        "PostgreSQL {version} is too old: {least} or newer is needed",
    ),
    "doctor_database_old_mend": ("обновите PostgreSQL (pg_upgrade)", "upgrade PostgreSQL (pg_upgrade)"),
    "doctor_database_standby": (
        "это резервный сервер: писать в него нельзя",
        "this is a standby: it cannot be written to",
    ),
    "doctor_database_standby_mend": (
        "укажите в OKLIK_DATABASE_URL главный сервер, можно несколько с target_session_attrs=read-write",
        "name the primary in OKLIK_DATABASE_URL, or several hosts with target_session_attrs=read-write",
    ),
    "doctor_tables": ("таблицы этой версии ({revision})", "the tables are of this version ({revision})"),
    "doctor_tables_none": ("таблиц ещё нет: их создаст oklik up", "there are no tables yet: oklik up makes them"),
    "doctor_tables_old": (
        "таблицы прежней версии: {revision}, нужны {wanted}",
        "the tables are of an earlier version: {revision}, {wanted} is wanted",
    ),
    "doctor_tables_old_mend": (
        "сделайте копию (oklik backup) и обновите: oklik db upgrade",
        "make a copy (oklik backup) and upgrade: oklik db upgrade",
    ),
    "doctor_tables_new": (
        "таблицы новее программы: {revision}, эта версия знает {wanted}",
        "the tables are newer than the program: {revision}, this version knows {wanted}",
    ),
    "doctor_tables_new_mend": (
        "обновите Oklik на этой машине: с чужими таблицами он не запускается",
        "upgrade Oklik on this machine: it does not start with tables that it does not know",
    ),
    "doctor_database_keeps": ("записанное переживёт отключение питания", "what is written survives a power cut"),
    "doctor_database_loose": (
        "база забывает записанное при отключении питания ({settings}): людям позвонят дважды",
        "the database forgets what it wrote when power fails ({settings}): people would be called twice",
    ),
    "doctor_database_loose_mend": (
        "верните в postgresql.conf: fsync = on, full_page_writes = on, synchronous_commit = on",
        "set in postgresql.conf: fsync = on, full_page_writes = on, synchronous_commit = on",
    ),
    "doctor_database_unwaited": (
        "главный сервер не ждёт резервных ({standbys}): если он пропадёт, недавние звонки повторятся",
        "the primary waits for none of its standbys ({standbys}): should it be lost, recent calls are made again",
    ),
    "doctor_database_unwaited_mend": (
        "задайте synchronous_standby_names, например ANY 1 (two, three); подробно: docs/scale.md",
        "set synchronous_standby_names, ANY 1 (two, three) for example; more in docs/scale.md",
    ),
    "doctor_database_clock": (
        "часы базы и этой машины расходятся на {seconds} с",
        "the clocks of the database and of this machine are {seconds} s apart",
    ),
    "doctor_database_clock_mend": ("включите сверку часов на обеих машинах", "have both machines' clocks kept right"),
    "doctor_database_connections": (
        "соединений с базой занято {used} из {most}",
        "{used} of {most} connections to the database are taken",
    ),
    "doctor_database_connections_mend": (
        "поднимите max_connections: дозвонщику нужно 10, страницам и задачам столько же",
        "raise max_connections: a dialer needs 10, pages and jobs as many",
    ),
    "doctor_database_sleepers": (
        "забытых транзакций старше часа: {n}; база не может прибраться за ними",
        "transactions that have slept for an hour: {n}; the database cannot clean up behind them",
    ),
    "doctor_database_sleepers_mend": (
        "найдите их в pg_stat_activity; задайте idle_in_transaction_session_timeout",
        "find them in pg_stat_activity; set idle_in_transaction_session_timeout",
    ),
    "doctor_database_password": (
        "пароля базы нет в OKLIK_DATABASE_URL, или его легко угадать",
        "OKLIK_DATABASE_URL has no password, or one that is easily guessed",
    ),
    "doctor_database_password_mend": (
        "смените: ALTER ROLE … PASSWORD, и впишите новый в OKLIK_DATABASE_URL",
        "change it: ALTER ROLE … PASSWORD, and put the new one into OKLIK_DATABASE_URL",
    ),
    # at work
    "doctor_not_looked": (
        "что работает, не смотрели: таблицы другой версии",
        "what is at work was not looked at: the tables are of another version",
    ),
    "doctor_dialer": ("дозвонщик {node} работает, разговоров: {legs}", "the dialer {node} works, calls up: {legs}"),
    "doctor_dialer_silent": (
        "дозвонщик {node} молчит уже {minutes} мин",
        "the dialer {node} has been silent for {minutes} min",
    ),
    "doctor_dialer_silent_mend": (
        "перезапустите его службу; если машину убрали, ничего делать не нужно: его контакты возьмут другие",
        "restart its service; if the machine was taken away there is nothing to do: others take its contacts",
    ),
    "doctor_dialer_stalled": (
        "дозвонщик {node} за последние минуты замирал на {seconds} с: люди в это время слышали тишину",
        "the dialer {node} stood still for {seconds} s within the last minutes: people heard nothing meanwhile",
    ),
    "doctor_dialer_stalled_mend": (
        "посмотрите, чем заняты процессор, память и диск (vmstat 1): дайте дозвонщику ядро или меньше звонков сразу",
        "see what takes processor, memory and disk (vmstat 1): give the dialer a core, or fewer calls at a time",
    ),
    "doctor_dialer_unled": (
        "дозвонщик {node} положил трубку в звонках, которые никто не вёл: {n} с его запуска (прежний дозвонщик пропал)",
        "the dialer {node} hung up calls that nobody led: {n} since its start (the dialer before it was lost)",
    ),
    "doctor_dialer_none": (
        "кампаний запущено: {n}, а звонить некому",
        "campaigns are running: {n}, and nobody dials",
    ),
    "doctor_dialer_none_mend": ("запустите oklik up (или его службу)", "start oklik up (or its service)"),
    "doctor_dialer_never": ("дозвонщик здесь ещё не работал", "no dialer has worked here yet"),
    "doctor_jobs_late": (
        "задач ждут больше {minutes} мин: {n}",
        "jobs that have waited for more than {minutes} min: {n}",
    ),
    "doctor_jobs_late_mend": (
        "задачи делает oklik up: проверьте, что он работает, и его журнал jobs.log",
        "oklik up does the jobs: see that it runs, and look into its jobs.log",
    ),
    "doctor_jobs_failed": ("задач не удалось за сутки: {n}", "jobs that failed within a day: {n}"),
    "doctor_jobs_failed_mend": ("причины — в jobs.log", "the reasons are in jobs.log"),
    "doctor_rules_good": (
        "правила, которые в таблицах верны всегда, соблюдены: {n}",
        "what must always be true of the tables is true: {n} rules",
    ),
    "doctor_rule_broken": (
        "в таблицах нарушено правило: {what}; таких: {n}, например {names}",
        "a rule of the tables is broken: {what}; found: {n}, such as {names}",
    ),
    "doctor_rule_broken_mend": (
        "сделайте копию (oklik backup) и передайте разработчикам с журналами; руками таблицы не правьте",
        "make a copy (oklik backup) and give it to the developers with the logs; change no table by hand",
    ),
    "doctor_rule_unseen": (
        "правило не проверено за {seconds} с, таблицы велики: {what}",
        "a rule could not be looked at in {seconds} s, the tables are large: {what}",
    ),
    "doctor_rule_two_attempts": (
        "человеку не звонят дважды сразу",
        "nobody is called twice at the same time",
    ),
    "doctor_rule_attempt_unallowed": (
        "у каждой попытки есть разрешение правил обзвона",
        "each attempt has the gate's word that it was allowed",
    ),
    "doctor_rule_leg_unallowed": (
        "у каждого набранного номера есть разрешение правил обзвона",
        "each number that was dialed has the gate's word that it was allowed",
    ),
    "doctor_rule_attempt_without_leg": ("у каждой попытки есть звонок", "each attempt has its call"),
    "doctor_rule_dialing_without_attempt": (
        "кто числится на линии, тому звонят",
        "whoever is noted as being on the line has an open attempt",
    ),
    "doctor_rule_attempt_not_dialing": (
        "кому звонят, тот числится на линии",
        "whoever has an open attempt is noted as being on the line",
    ),
    "doctor_rule_leg_left_open": (
        "у законченной попытки закончен и звонок",
        "the call of an attempt that is over is over, too",
    ),
    "doctor_rule_result_untold": (
        "каждый итог записан для внешних систем",
        "each result is noted for systems outside",
    ),
    "doctor_rule_attempts_miscounted": (
        "попыток у контакта столько, сколько было звонков",
        "a contact has as many attempts as it had calls",
    ),
    "doctor_attempts_good": ("незакрытых звонков нет", "no attempt is stuck"),
    "doctor_attempts_stuck": (
        "попыток, которые не закрылись вовремя: {n}",
        "attempts that have not ended in time: {n}",
    ),
    "doctor_attempts_stuck_mend": (
        "запустите дозвонщик того узла: при запуске он узнаёт у коммутатора, чем они кончились",
        "start the dialer of that node: when it starts it asks the switch what became of them",
    ),
    # the switch
    "doctor_switch": ("FreeSWITCH {version} отвечает ({where})", "FreeSWITCH {version} answers ({where})"),
    "doctor_switch_none": (
        "FreeSWITCH не задан (OKLIK_SWITCH): звонки учебные, на виртуальном коммутаторе",
        "no FreeSWITCH is set (OKLIK_SWITCH): calls are rehearsals on the virtual switch",
    ),
    "doctor_switch_virtual": (
        "по адресу {where} — виртуальный коммутатор: настоящим людям никто не звонит",
        "at {where} is the virtual switch: nobody real is called",
    ),
    "doctor_switch_setting": ("{why}", "{why}"),
    "doctor_switch_setting_mend": (
        "OKLIK_SWITCH=esl://127.0.0.1:8021, пароль — в OKLIK_SWITCH_PASSWORD",
        "OKLIK_SWITCH=esl://127.0.0.1:8021, its password in OKLIK_SWITCH_PASSWORD",
    ),
    "doctor_switch_away": ("FreeSWITCH по адресу {where} не отвечает", "no FreeSWITCH answers at {where}"),
    "doctor_switch_away_mend": (
        "systemctl status freeswitch; загружен ли mod_event_socket (его включает oklik switch-conf)",
        "systemctl status freeswitch; is mod_event_socket loaded (oklik switch-conf turns it on)",
    ),
    "doctor_switch_password": (
        "FreeSWITCH по адресу {where} не принял пароль",
        "FreeSWITCH at {where} refused the password",
    ),
    "doctor_switch_password_mend": (
        "пароль лежит в local/password конфигурации: впишите его в OKLIK_SWITCH_PASSWORD",
        "the password is in local/password of the configuration: put it into OKLIK_SWITCH_PASSWORD",
    ),
    "doctor_switch_acl": (
        "FreeSWITCH по адресу {where} не пускает с этой машины",
        "FreeSWITCH at {where} does not let this machine in",
    ),
    "doctor_switch_acl_mend": (
        "держите Oklik рядом с FreeSWITCH или сделайте туннель: открывать порт сети нельзя",
        "keep Oklik beside FreeSWITCH or make a tunnel: the port must not be opened to the network",
    ),
    "doctor_switch_trouble": ("FreeSWITCH по адресу {where}: {detail}", "FreeSWITCH at {where}: {detail}"),
    "doctor_switch_trouble_mend": ("смотрите журнал FreeSWITCH", "look at FreeSWITCH's log"),
    "doctor_switch_folder": ("{why}", "{why}"),
    "doctor_switch_folder_mend": (
        "отдайте папку подсказок пользователю Oklik (docs/freeswitch.md)",
        "give the folder of prompts to Oklik's user (docs/freeswitch.md)",
    ),
    "doctor_switch_old": (
        "FreeSWITCH {version} слишком старый: нужен {least} или новее",
        "FreeSWITCH {version} is too old: {least} or newer is needed",
    ),
    "doctor_switch_old_mend": ("обновите FreeSWITCH", "upgrade FreeSWITCH"),
    "doctor_switch_unmended": (
        "у этого FreeSWITCH есть уязвимость клиентов event socket, исправленная в {version}",
        "this FreeSWITCH has a flaw of event-socket clients that is mended in {version}",
    ),
    "doctor_switch_unmended_mend": (
        "обновите FreeSWITCH до {version} или новее",
        "upgrade FreeSWITCH to {version} or newer",
    ),
    "doctor_switch_paused": (
        "FreeSWITCH не берёт звонки (fsctl pause)",
        "FreeSWITCH takes no calls (fsctl pause)",
    ),
    "doctor_switch_paused_mend": ("fs_cli -x 'fsctl resume'", "fs_cli -x 'fsctl resume'"),
    "doctor_guard": (
        "сторож oklik.lua на {where} не работает: звонить нельзя",
        "the guard oklik.lua does not work at {where}: nothing can be dialed",
    ),
    "doctor_guard_mend": (
        "положите freeswitch-conf/scripts/oklik.lua в папку скриптов, загрузите mod_lua и mod_hash",
        "put freeswitch-conf/scripts/oklik.lua into the scripts folder, load mod_lua and mod_hash",
    ),
    "doctor_guard_plain": (
        (
            "на {where} нет oklik.lua: дважды никому не позвонят, но если дозвонщик упадёт, его последние звонки "
            "считаются состоявшимися; на встречные звонки никто не ответит, ответы голосом не записать"
        ),
        (
            "oklik.lua is not there at {where}: nobody is called twice, but when a dialer dies its last calls count as "
            "made; who calls back is not answered, and no answer by voice is recorded"
        ),
    ),
    "doctor_guard_plain_mend": (
        "положите freeswitch-conf/scripts/oklik.lua в папку скриптов и загрузите mod_lua",
        "put freeswitch-conf/scripts/oklik.lua into the scripts folder and load mod_lua",
    ),
    "doctor_expansion": (
        "на коммутаторе включён api-expansion: текст вида ${{имя(…)}} выполнится как команда",
        "api-expansion is on at the switch: a text such as ${{name(…)}} is carried out as a command",
    ),
    "doctor_expansion_mend": (
        'впишите в switch.conf.xml <param name="api-expansion" value="false"/> и перезапустите FreeSWITCH',
        'put <param name="api-expansion" value="false"/> into switch.conf.xml and restart FreeSWITCH',
    ),
    "doctor_guard_old": (
        "сторож oklik.lua на {where} версии {version}, нужна {wanted}: дозвонщик с ним не работает",
        "the guard oklik.lua at {where} is of version {version}, {wanted} is needed: the dialer does not work with it",
    ),
    "doctor_guard_old_mend": (
        "положите новый freeswitch-conf/scripts/oklik.lua в папку скриптов; перезапуск не нужен",
        "put the new freeswitch-conf/scripts/oklik.lua into the scripts folder; no restart is needed",
    ),
    "doctor_guard_good": ("сторож второго звонка на месте", "the guard against a second call is there"),
    "doctor_modules": ("не загружены модули: {names}", "modules are not loaded: {names}"),
    "doctor_modules_mend": (
        "впишите их в autoload_configs/modules.conf.xml и перезапустите FreeSWITCH",
        "put them into autoload_configs/modules.conf.xml and restart FreeSWITCH",
    ),
    "doctor_modules_good": ("нужные модули загружены", "the modules that are needed are loaded"),
    "doctor_modules_wished": (
        "нет модуля {names}: кампании не узнают автоответчики по сигналу",
        "{names} is not loaded: campaigns cannot tell machines by their beep",
    ),
    "doctor_modules_risky": (
        "загружены модули, которые умеют запускать программы или ходить в сеть: {names}",
        "modules are loaded that run programs or fetch addresses: {names}",
    ),
    "doctor_modules_risky_mend": (
        "если ими не пользуется никто другой, уберите их из modules.conf.xml",
        "if nobody else needs them take them out of modules.conf.xml",
    ),
    "doctor_switch_clock": (
        "часы FreeSWITCH и этой машины расходятся на {seconds} с",
        "the clocks of FreeSWITCH and of this machine are {seconds} s apart",
    ),
    "doctor_switch_clock_mend": ("fs_cli -x 'fsctl sync_clock'", "fs_cli -x 'fsctl sync_clock'"),
    "doctor_switch_prompts": (
        "FreeSWITCH не видит подсказок в {path}: люди услышат тишину",
        "FreeSWITCH does not find prompts in {path}: people would hear silence",
    ),
    "doctor_switch_prompts_mend": (
        "дайте его пользователю пройти в папку: chmod o+x на каждую папку пути (docs/freeswitch.md)",
        "let its user through: chmod o+x on each folder of the path (docs/freeswitch.md)",
    ),
    "doctor_switch_prompts_good": ("FreeSWITCH видит подсказки", "FreeSWITCH finds the prompts"),
    "doctor_switch_voices": (
        "FreeSWITCH не может записывать в {path}: сценарии с записью ответа не запустятся",
        "FreeSWITCH cannot record into {path}: scenarios that record answers will not start",
    ),
    "doctor_switch_voices_mend": (
        "сделайте папку общей для FreeSWITCH и Oklik (docs/freeswitch.md, «Answers by voice»)",
        "share the folder between FreeSWITCH and Oklik (docs/freeswitch.md, “Answers by voice”)",
    ),
    "doctor_switch_voices_good": ("FreeSWITCH может записывать ответы", "FreeSWITCH can record answers"),
    "doctor_sessions": (
        "FreeSWITCH держит {most} разговоров, а линии вместе просят {wanted}",
        "FreeSWITCH takes {most} calls at a time, the trunks together want {wanted}",
    ),
    "doctor_sessions_mend": (
        "поднимите max-sessions (oklik_max_sessions в vars.xml) с запасом на операторов",
        "raise max-sessions (oklik_max_sessions in vars.xml), with room for agents",
    ),
    "doctor_line_plain": (
        "линия «{line}» ({dial}): без шлюза, её состояние не узнать",
        "the trunk {line} ({dial}): it has no gateway whose state could be asked",
    ),
    "doctor_line_missing": (
        "линия «{line}»: у FreeSWITCH нет шлюза {gateway}",
        "the trunk {line}: FreeSWITCH has no gateway {gateway}",
    ),
    "doctor_line_missing_mend": (
        "заполните линию на её странице или создайте шлюз: oklik switch-conf --gateway {gateway}=…",
        "fill the trunk in on its page, or make the gateway: oklik switch-conf --gateway {gateway}=…",
    ),
    "doctor_line_up": ("линия «{line}»: {state}", "the trunk {line}: {state}"),
    "doctor_line_down": ("линия «{line}» не работает: {state}", "the trunk {line} does not work: {state}"),
    "doctor_line_down_mend": (
        "проверьте адрес, имя и пароль у оператора связи; подробно — страница линии",
        "look at the carrier's address, the name and the password; the trunk's page says more",
    ),
    "doctor_state_registered": ("зарегистрирована", "registered"),
    "doctor_state_by_address": ("вход по адресу, без регистрации", "login by address, without registration"),
    "doctor_state_refused": ("оператор связи отказал в регистрации", "the carrier refused the registration"),
    "doctor_state_unregistered": ("не зарегистрирована", "not registered"),
    "doctor_state_trying": ("регистрируется", "is registering"),
    "doctor_state_silent": ("не отвечает на проверки", "does not answer when probed"),
    "doctor_state_other": ("состояние {state}", "state {state}"),
    "doctor_profile": (
        "у FreeSWITCH нет SIP-профиля oklik, хотя линии им пользуются",
        "FreeSWITCH has no SIP profile oklik, though trunks use it",
    ),
    "doctor_profile_mend": (
        "возьмите конфигурацию из oklik switch-conf; не занят ли порт SIP другой программой",
        "take the configuration of oklik switch-conf; does another program hold the SIP port",
    ),
    "doctor_codecs": (
        "линия «{line}» хочет {wanted}, а FreeSWITCH предлагает {offered}: звонки не состоятся",
        "the trunk {line} wants {wanted}, FreeSWITCH offers {offered}: no call will be set up",
    ),
    "doctor_codecs_mend": (
        "впишите кодек в oklik_codecs (vars.xml) или выберите другой на странице линии",
        "put the codec into oklik_codecs (vars.xml), or choose another one on the trunk's page",
    ),
    "doctor_codecs_good": ("кодеки: {offered}", "codecs: {offered}"),
    "doctor_door_shut": ("управление FreeSWITCH закрыто от сети", "FreeSWITCH's control port is shut to the network"),
    "doctor_door_open": (
        "управление FreeSWITCH открыто сети ({where}): кто подберёт пароль, может всё",
        "FreeSWITCH's control port is open to the network ({where}): whoever guesses the password may do all",
    ),
    "doctor_door_open_mend": (
        "listen-ip 127.0.0.1 в event_socket.conf.xml (так делает oklik switch-conf) и межсетевой экран",
        "listen-ip 127.0.0.1 in event_socket.conf.xml (as oklik switch-conf has it), and a firewall",
    ),
    "doctor_door_remote": (
        "FreeSWITCH на другой машине ({where}): event socket не шифруется, нужен туннель",
        "FreeSWITCH is on another machine ({where}): the event socket is not encrypted, a tunnel is needed",
    ),
    # speech
    "doctor_voices": ("голоса: {detail}", "voices: {detail}"),
    "doctor_voices_mend": (
        "поправьте файл OKLIK_VOICES (docs/voices.md)",
        "mend the file of OKLIK_VOICES (docs/voices.md)",
    ),
    "doctor_voice": (
        "голос {voice} ({speech}) не говорит: {detail}",
        "the voice {voice} ({speech}) does not speak: {detail}",
    ),
    "doctor_voice_mend": (
        "проверьте программу или службу этого голоса; до того говорят следующие по списку",
        "look at this voice's program or service; until then the next ones on the list speak",
    ),
    "doctor_voice_none": ("нет голоса для языков: {languages}", "no voice speaks: {languages}"),
    "doctor_voice_none_mend": (
        "apt-get install espeak-ng или другой голос (docs/voices.md)",
        "apt-get install espeak-ng, or another voice (docs/voices.md)",
    ),
    "doctor_voice_good": ("голоса говорят: {voices}", "the voices speak: {voices}"),
    "doctor_dictionary": ("словарь произношения: {detail}", "the pronunciation dictionary: {detail}"),
    "doctor_dictionary_mend": ("поправьте файл OKLIK_DICTIONARY", "mend the files of OKLIK_DICTIONARY"),
}
