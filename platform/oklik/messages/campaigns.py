"""What `oklik campaign` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "downloading": ("Записи звонков", "Recorded calls"),
    "downloaded": ("{n}, в {path}", "{n}, in {path}"),
    "download_gone": ("Записей без файла на этой машине: {n}", "Recordings without a file on this machine: {n}"),
    "download_none": ("Записей за это время нет", "There are no recordings of that time"),
    "download_day": ("{option} {given}: нужна дата ГГГГ-ММ-ДД", "{option} {given}: a date YYYY-MM-DD is expected"),
    "download_there": ("{path}: такой файл уже есть", "{path}: there is such a file already"),
    "name_field": (
        "--name: поля {detail} нет; есть {{campaign}}, {{date}}, {{time}}, {{phone}}, {{id}}",
        "--name: there is no field {detail}; there are {{campaign}}, {{date}}, {{time}}, {{phone}}, {{id}}",
    ),
    "name_letters": (
        "--name: в имени годятся буквы, цифры, пробел и . , ( ) + - _ /, а не «{detail}»",
        "--name: letters, digits, blanks and . , ( ) + - _ / make a name, not {detail!r}",
    ),
    "name_id": (
        "--name: нужно поле {{id}}, иначе имена повторятся",
        "--name: {{id}} is needed, or names would be the same",
    ),
    "name_place": ("--name {detail}: имя ведёт не внутрь папки", "--name {detail}: leads out of the folder"),
    "state_draft": ("черновик", "draft"),
    "state_running": ("идёт", "running"),
    "state_paused": ("на паузе", "paused"),
    "state_done": ("закончена", "done"),
    "state_stopped": ("остановлена", "stopped"),
    "campaign_line": ("{id}. {project} / {name}, {state}", "{id}. {project} / {name}, {state}"),
    "campaigns_none": ("кампаний пока нет", "there are no campaigns yet"),
    "no_campaign": (
        "кампании «{given}» нет, или таких несколько; есть: {known}",
        "there is no campaign {given!r}, or more than one; there are: {known}",
    ),
}
