"""What `oklik campaign` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "downloading": ("Записи звонков", "Recorded calls"),
    "downloaded": ("{n}, в {path}", "{n}, in {path}"),
    "download_gone": ("Записей без файла на этой машине: {n}", "Recordings without a file on this machine: {n}"),
    "download_none": ("Записей за это время нет", "There are no recordings of that time"),
    "download_day": ("{option} {given}: нужна дата ГГГГ-ММ-ДД", "{option} {given}: a date YYYY-MM-DD is expected"),
    "download_there": ("{path}: такой файл уже есть", "{path}: there is such a file already"),
    "name_field": (
        "{option}: поля {{{detail}}} нет; есть {fields}",
        "{option}: there is no field {{{detail}}}; there are {fields}",
    ),
    "name_letters": (
        "{option}: в имени годятся буквы, цифры, пробел и . , ( ) + - _ /, а не «{detail}»",
        "{option}: letters, digits, blanks and . , ( ) + - _ / make a name, not {detail!r}",
    ),
    "name_length": (
        "{option}: имя не длиннее {detail} знаков",
        "{option}: a name has at most {detail} characters",
    ),
    "name_place": (
        "{option} «{detail}»: имя ведёт не внутрь папки или пусто",
        "{option} {detail!r}: it leads out of the folder, or is empty",
    ),
    "name_kept": (
        "имена записей кампании теперь такие: {name}",
        "the campaign's recordings are now named {name}",
    ),
    "recordings_what": (
        "нужен --to (куда скачать) или --name (как называть записи кампании)",
        "--to is needed (where to download), or --name (how the campaign's recordings are named)",
    ),
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
