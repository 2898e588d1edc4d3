"""What `oklik stoplist` and `oklik consent` say."""

TEXTS: dict[str, tuple[str, str]] = {
    "stoplist_added": (
        "внесено номеров: {added}, уже были: {known}; снято запланированных звонков: {targets}",
        "numbers added: {added}, known already: {known}; planned calls ended: {targets}",
    ),
    "row_wrong": ("строка {row}: {why}", "row {row}: {why}"),
    "reason_missing": ("--reason: нужна причина", "--reason: a reason is needed"),
    "stoplist_removed": ("{number} исключён из стоп-листа", "{number} is off the stop list"),
    "returned_back": (
        "снова в очереди контактов: {n} (в кампаниях, которые ещё не закончены)",
        "contacts that are called again: {n} (in campaigns that are not over)",
    ),
    "returned_over": (
        "не будут вызваны, их кампания уже закончена: {n}; для них нужна новая кампания",
        "not called, for their campaign is over: {n}; they need a new campaign",
    ),
    "stoplist_others": (
        "но в стоп-листе остались другие номера того же человека: {others}; ему по-прежнему не звонят",
        "but other numbers of the same person are on it still: {others}; the person is not called",
    ),
    "not_listed": ("{number}: в стоп-листе нет", "{number} is not on the stop list"),
    "stoplist_is": ("{number}: в стоп-листе, не звоним", "{number} is on the stop list and not called"),
    "stoplist_by_other": (
        "{number}: не звоним, в стоп-листе другой номер того же человека: {others}",
        "{number} is not called: another number of the same person is on the stop list: {others}",
    ),
    "stoplist_is_not": ("{number}: в стоп-листе нет", "{number} is not on the stop list"),
    "stoplist_event": ("  {at}  {kind}: {more}", "  {at}  {kind}: {more}"),
    "stoplist_written": (
        "номеров в стоп-листе: {n}; записано в {path}",
        "numbers on the stop list: {n}; written to {path}",
    ),
    "export_name": (
        "{path}: имя файла Excel должно кончаться на .xlsx, а папка — существовать",
        "{path}: the name of an Excel file ends in .xlsx, and its folder must exist",
    ),
    "text_not_utf8": ("--text-file {path}: нужен текст в UTF-8", "--text-file {path}: a text in UTF-8 is expected"),
    "consent_added": ("{number}: согласие записано", "{number}: the consent is kept"),
    "consent_known": ("{number}: такое согласие уже записано", "{number}: this consent is kept already"),
    "consent_revoked": ("{number}: отозвано согласий: {n}", "{number}: consents revoked: {n}"),
    "consents_imported": (
        "согласий записано: {added}, уже были: {known}",
        "consents kept: {added}, known already: {known}",
    ),
    "consent_holds": (
        "{purpose}: действует с {given}; {source}, текст {version}",
        "{purpose}: in force since {given}; {source}, text {version}",
    ),
    "consent_later": (
        "{purpose}: начнёт действовать {given}; {source}, текст {version}",
        "{purpose}: in force from {given} on; {source}, text {version}",
    ),
    "consent_gone": (
        "{purpose}: дано {given}, отозвано {gone}; {source}, текст {version}",
        "{purpose}: given {given}, revoked {gone}; {source}, text {version}",
    ),
    "consents_none": ("{number}: согласий нет", "{number}: no consents"),
    "proof_written": ("справка записана в {path}", "the proof sheet is written to {path}"),
}
