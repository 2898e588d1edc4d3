"""Help of `oklik backup`, `oklik restore` and `oklik systemd`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

TEXTS: dict[str, Texts] = {
    "systemd": {
        "": (
            "Записать службу для systemd и ежедневную копию по таймеру.",
            "Write a service for systemd, and a backup each night by a timer.",
        ),
        "folder": ("Куда, обычно /etc/systemd/system.", "Where to, usually /etc/systemd/system."),
        "user": ("От какого пользователя работать; не root.", "Which user it runs as; not root."),
        "environment": (
            "Файл с настройками OKLIK_…, доступный только root.",
            "A file with the settings OKLIK_…, readable by root only.",
        ),
        "language": LANGUAGE,
    },
    "backup": {
        "": (
            "Сделать копию установки: базу данных и файлы. Обзвон при этом идёт дальше.",
            "Make a backup of the installation: database and files. Calls go on meanwhile.",
        ),
        "target": (
            "Файл zip или папка для него; без него — папка backups в OKLIK_HOME.",
            "A zip file, or a folder for it; without it the folder backups in OKLIK_HOME.",
        ),
        "keep": (
            "Сколько последних копий оставить в папке; остальные удаляются.",
            "How many of the newest backups stay in the folder; the others are deleted.",
        ),
        "language": LANGUAGE,
    },
    "restore": {
        "": (
            "Восстановить копию в пустую OKLIK_HOME и пустую базу. Кампании встают на паузу, никто не вызывается.",
            "Put a backup into an empty OKLIK_HOME and database. Campaigns are paused, nobody is called.",
        ),
        "file": ("Копия, которую сделала oklik backup.", "A backup made by oklik backup."),
        "seal": (
            "Печать копии, как её показала oklik backup (или её первые 16 знаков и больше).",
            "The backup's seal as oklik backup has shown it (or its first 16 characters or more).",
        ),
        "check": ("Только проверить, что копия цела.", "Only see whether the backup is whole."),
        "language": LANGUAGE,
    },
}
