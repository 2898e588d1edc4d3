"""What `oklik campaign machines` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "machines_answered": ("Ответили: {n}", "Answered: {n}"),
    "machines_keyed": (
        "  нажали кнопку (точно люди): {n}, {share}",
        "  pressed a key (surely people): {n}, {share}",
    ),
    "machines_key_s": (
        "    первая кнопка через {quarter}–{three} с после ответа, середина {middle} с",
        "    first key {quarter}–{three} s after the answer, middle {middle} s",
    ),
    "machines_beeped": (
        "  до первой кнопки слышен сигнал автоответчика: {n}, {share}",
        "  a machine's beep before any key: {n}, {share}",
    ),
    "machines_silent": (
        "  спросили, а кнопки нет, сигнала тоже: {n}, {share} — люди это или машины, неизвестно",
        "  asked for a key, none came, and no beep: {n}, {share}; people or machines, nobody can say",
    ),
    "machines_taken": (
        "  приняты за автоответчики: {n}, из них с оставленным сообщением: {messages}",
        "  taken for machines: {n}, of them with the message left: {messages}",
    ),
    "machines_false": (
        "  ложные ответы линии (короче {limit:g} с, ничего не прозвучало): {n}",
        "  the line's false answers (shorter than {limit:g} s, nothing was heard): {n}",
    ),
    "machines_announced": (
        "Не ответили, вместо гудков — объявление: {n}",
        "Not answered, an announcement in place of ringing: {n}",
    ),
    "machines_error": (
        "Ошибка распознавания: сигнал «услышан» у {found} из {all} тех, кто потом нажал кнопку; 95 %: {low}–{high}",
        "Error of the detector: a beep was “heard” of {found} of {all} who then pressed a key; 95 %: {low}–{high}",
    ),
    "machines_error_unknown": (
        "Ошибка распознавания не измерена: она видна только при --machines note, когда звонок не прерывается",
        "Error of the detector not measured: it shows only with --machines note, where calls are not broken off",
    ),
    "machines_policy": (
        (
            "Правила кампании: сигнал — {on_beep}, слушаем {listen_s} с; без кнопки — машина: {key_gate}; "
            "объявление — недоступен: {early}"
        ),
        (
            "The campaign's rules: beep: {on_beep}, listening {listen_s} s; no key is a machine: {key_gate}; "
            "announcement is unreachable: {early}"
        ),
    ),
    "machines_ignore": ("не слушаем", "not listened to"),
    "machines_note": ("только отмечаем", "only noted"),
    "machines_hang_up": ("кладём трубку", "hang up"),
    "machines_leave_message": ("оставляем сообщение", "leave the message"),
    "machines_yes": ("да", "yes"),
    "machines_no": ("нет", "no"),
}
