"""What `oklik backup`, `oklik restore` and `oklik systemd` say."""

TEXTS: dict[str, tuple[str, str]] = {
    "systemd_user": (
        "--user {user}: нужен обычный пользователь, не root",
        "--user {user}: an ordinary user is needed, not root",
    ),
    "systemd_path": (
        "{path}: нужен полный путь из латинских букв, цифр и знаков _.+@-",
        "{path}: a full path of Latin letters, digits and _.+@- is needed",
    ),
    "systemd_environment": (
        "--environment {path}: нужны строки ИМЯ=значение в UTF-8; кавычки должны закрываться",
        "--environment {path}: lines of NAME=value in UTF-8 are expected, with quotes closed",
    ),
    "systemd_written": ("Записано: {path}", "Written: {path}"),
    "systemd_no_user": (
        "Пользователя {user} ещё нет: useradd --system --home-dir {home} --shell /usr/sbin/nologin {user}",
        "There is no user {user} yet: useradd --system --home-dir {home} --shell /usr/sbin/nologin {user}",
    ),
    "systemd_next": (
        "Папка: install -d -o {user} -m 711 {home}. Запуск: systemctl daemon-reload && systemctl enable --now {names}",
        "Folder: install -d -o {user} -m 711 {home}. Start: systemctl daemon-reload && systemctl enable --now {names}",
    ),
    "backup_database": ("Копия базы данных, МБ", "Copying the database, MB"),
    "backup_files": ("Копия файлов, МБ", "Copying the files, MB"),
    "backup_checking": ("Проверка копии, МБ", "Looking the backup over, MB"),
    "backup_mb": ("{mb} МБ", "{mb} MB"),
    "backup_made": ("Копия готова: {path} ({mb} МБ)", "The backup is made: {path} ({mb} MB)"),
    "backup_seal": (
        "Её печать (запишите отдельно, спросит oklik restore --seal): {seal}",
        "Its seal (note it elsewhere; oklik restore --seal asks for it): {seal}",
    ),
    "backup_without": (
        (
            "В копии данные людей: храните её как базу. Паролей коммутатора, операторов связи и сертификатов в ней "
            "нет: сохраните их отдельно"
        ),
        (
            "People's data are in it: keep it like the database. Passwords of the switch and of carriers and "
            "certificates are not: keep them elsewhere"
        ),
    ),
    "backup_dropped": ("Старая копия удалена: {path}", "An old backup is deleted: {path}"),
    "backup_skipped": (
        "Пропущено, это не обычный файл или имя не читается: {name}",
        "Left out, it is no plain file or its name cannot be read: {name}",
    ),
    "backup_of": (
        "Копия от {at}, Oklik {version}, таблицы {revision}",
        "A backup of {at}, Oklik {version}, tables {revision}",
    ),
    "backup_whole": ("{path}: копия цела, её можно восстановить", "{path}: the backup is whole and can be put back"),
    "backup_there": ("{path}: такой файл уже есть", "{path}: there is such a file already"),
    "backup_keep": (
        "--keep: нужна папка, а {path} — файл",
        "--keep: a folder is needed, and {path} is a file",
    ),
    "backup_nothing": (
        "копировать нечего: базы данных ещё нет",
        "there is nothing to back up: no database was made yet",
    ),
    "backup_room": (
        "{path}: на диске свободно {free} МБ, а копии нужно до {needed} МБ",
        "{path}: {free} MB are free on the disk, and the backup needs up to {needed} MB",
    ),
    "backup_client": (
        (
            "сервер PostgreSQL версии {major}, а программы pg_dump здесь версий: {have}. "
            "Поставьте пакет postgresql-client-{major}"
        ),
        (
            "the server is PostgreSQL {major}, and pg_dump here is of versions: {have}. "
            "Install the package postgresql-client-{major}"
        ),
    ),
    "backup_dump": ("база данных не скопирована: {why}", "the database could not be copied: {why}"),
    "backup_not_one": ("{path}: это не копия Oklik", "{path}: this is no backup of Oklik"),
    "backup_damaged": (
        "{path}: копия повреждена или изменена, ничего не восстановлено",
        "{path}: the backup is damaged or was changed, nothing was put back",
    ),
    "backup_newer": (
        "{path}: копия сделана более новой версией Oklik, обновите программу",
        "{path}: the backup was made by a newer version of Oklik, upgrade the program",
    ),
    "backup_newer_tables": (
        "копия сделана Oklik {version} с таблицами {revision}, эта программа знает таблицы до {newest}: обновите её",
        "the backup was made by Oklik {version} with tables {revision}, this program knows up to {newest}: upgrade it",
    ),
    "backup_older_server": (
        "копия сделана с PostgreSQL {made}, а здесь {there}: нужен сервер не старше",
        "the backup is of PostgreSQL {made}, and here is {there}: the server must be no older",
    ),
    "backup_other_seal": (
        "--seal: печать этой копии {seal}, а нужна другая",
        "--seal: the seal of this backup is {seal}, and another one is asked for",
    ),
    "backup_home": (
        "{path} не пуста: восстановить можно только в новую папку OKLIK_HOME",
        "{path} is not empty: a backup is put back into a new OKLIK_HOME only",
    ),
    "restore_full": (
        "в базе данных {where} уже есть таблицы: восстановить можно только в пустую",
        "there are tables in the database {where} already: a backup is put back into an empty one only",
    ),
    "restore_unfinished": (
        (
            "восстановление из копии не закончено ({path}): повторите ту же команду oklik restore ФАЙЛ или возьмите "
            "другую пустую папку OKLIK_HOME"
        ),
        (
            "a backup was put back in part only ({path}): say the same oklik restore FILE again, or take another "
            "empty OKLIK_HOME"
        ),
    ),
    "restore_files": ("Файлы, МБ", "Files, MB"),
    "restore_database": ("База данных, МБ", "Database, MB"),
    "restore_failed": (
        "база данных не восстановлена и осталась пустой: {why}",
        "the database was not put back and is empty as before: {why}",
    ),
    "restored": ("Восстановлено: {where}", "Put back: {where}"),
    "restored_gap": (
        (
            "О том, что было после {at}, база не знает: кому звонили, кто отказался, кого убрали. Отказы внесите до "
            "продолжения кампаний (oklik stoplist add)"
        ),
        (
            "Of what came after {at} the database knows nothing: who was called, who refused, who was taken out. Put "
            "refusals in before campaigns go on (oklik stoplist add)"
        ),
    ),
    "restored_paused": (
        "Никто не будет вызван сам собой: кампаний на паузе {n} ({names}). Продолжить: oklik campaign resume",
        "Nobody is called by itself: campaigns paused: {n} ({names}). To go on: oklik campaign resume",
    ),
    "restored_ended": (
        "Постоянные кампании выключены, токены отозваны, в браузере нужно войти заново",
        "Standing campaigns are off, tokens are revoked, everybody signs in anew",
    ),
    "restored_settings": (
        "Настройки и файлы прежней установки лежат в {path}; пароли внесите сами",
        "Settings and files of the former installation lie in {path}; passwords you bring yourself",
    ),
}
