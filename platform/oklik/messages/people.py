"""What `oklik people` says, and `oklik run` of the columns that tell people apart."""

TEXTS: dict[str, tuple[str, str]] = {
    "person_column": (
        "  люди различаются по столбцу «{column}»: {people} на {contacts} контактов",
        "  people are told apart by the column “{column}”: {people} of {contacts} contacts",
    ),
    "contract_column": ("  договор — столбец «{column}»", "  the contract is the column “{column}”"),
    "role_column": ("  столбец «{column}»: {role}", "  the column “{column}”: {role}"),
    "phone_role": (
        "--phone-role «{given}»: нужно ЗАГОЛОВОК=РОЛЬ, роли: {known}",
        "--phone-role {given!r}: HEADER=ROLE is expected, roles: {known}",
    ),
    "no_project": (
        "нужен параметр --project: проекта «{given}» нет, или не ясно, какой имеется в виду; есть: {known}",
        "--project is needed: there is no project {given!r}, or it is not clear which is meant; there are: {known}",
    ),
    "purpose": ("--purpose «{given}»: цели бывают {known}", "--purpose {given!r}: purposes are {known}"),
    "contacts_kept": (
        "строк {rows}: записано {added}, известно и раньше {known}, не принято {refused}",
        "rows {rows}: kept {added}, known before {known}, refused {refused}",
    ),
    "contacts_columns": ("столбцы: {columns}", "columns: {columns}"),
    "row_refused": ("строка {row}: {reason}", "row {row}: {reason}"),
    "contact_no_person": ("нет ни ключа человека, ни телефона", "there is neither a person key nor a phone"),
    "contact_bad_phone": ("телефон не читается: «{detail}»", "the phone cannot be read: “{detail}”"),
    "contact_bad_date": ("дата и время не читаются: «{detail}»", "date and time cannot be read: “{detail}”"),
    "contact_no_zone": ("не ясно, по каким часам: «{detail}»", "by which clock is not clear: “{detail}”"),
    "contact_future": ("время ещё не наступило: «{detail}»", "the time is still to come: “{detail}”"),
    "contact_bad_kind": (
        "вид контакта не понят: «{detail}» (бывают звонок, сообщение, SMS, визит)",
        "the kind is not understood: “{detail}” (call, message, SMS, visit)",
    ),
    "contact_bad_talk": (
        "не понято, был ли разговор: «{detail}» (нужно да или нет)",
        "whether there was a talk is not understood: “{detail}” (yes or no)",
    ),
    "contact_bad_purpose": ("цель не понята: «{detail}»", "the purpose is not understood: “{detail}”"),
    "contact_bad_seconds": ("длительность не читается: «{detail}»", "the duration cannot be read: “{detail}”"),
    "remove_whom": (
        "кого убрать: файл или один из параметров --person, --phone, --contract",
        "whom to take out: a file, or one of --person, --phone, --contract",
    ),
    "remove_where": (
        "откуда убрать: или --campaign, или --everywhere, или --project",
        "out of what: either --campaign, or --everywhere, or --project",
    ),
    "remove_reason": ("--reason «{given}»: бывает {known}", "--reason {given!r}: one of {known}"),
    "removed": (
        "людей {people}: больше не звоним по {ended} целям; разговор идёт сейчас у {up}, он закончится сам",
        "people {people}: no more calls to {ended} targets; {up} are on a call now, which goes on to its end",
    ),
    "nobody_known": ("строка {row}: такого человека нет: {who}", "row {row}: nobody is known by {who}"),
    "nobody": ("такого человека нет: {who}", "nobody is known by {who}"),
    "readmitted": (
        "{who}: отметка о банкротстве снята, кампании снова могут звонить",
        "{who}: the mark of bankruptcy is taken back, campaigns may call again",
    ),
    "not_excluded": (
        "{who}: отметки о банкротстве нет, снимать нечего",
        "{who}: there is no mark of bankruptcy to be taken back",
    ),
    "several_people": (
        "«{who}»: это не один человек, а несколько ({known}); укажите ключ или --project",
        "{who!r}: these are several people ({known}); give the key, or --project",
    ),
    "phone_given": ("«{given}»: это не номер телефона", "{given!r} is not a phone number"),
    "promise_how": (
        "что стало с обещанием: один из параметров --kept, --broken, --withdrawn",
        "what became of the promise: one of --kept, --broken, --withdrawn",
    ),
    "promises_settled": ("обещаний отмечено: {n}", "promises settled: {n}"),
    "promises_none": ("открытых обещаний у этого человека нет", "this person has no open promises"),
    "day": ("{option} «{given}»: нужна дата ДД.ММ.ГГГГ", "{option} {given!r}: a date DD.MM.YYYY is expected"),
    "days_order": ("--from позже, чем --to", "--from is later than --to"),
    "journal_written": (
        "журнал: контактов {contacts}, отказов {denied}: {path}",
        "journal: {contacts} contacts, {denied} denials: {path}",
    ),
    "report_or_json": ("нужен --report или --json", "--report or --json is needed"),
}
