"""What `oklik campaign why`, `pause`, `resume` and `stop` say."""

TEXTS: dict[str, tuple[str, str]] = {
    "why_head": (
        "Кампания {id} «{name}»: {state}. Сейчас {now} ({zone})",
        "Campaign {id} “{name}”: {state}. It is {now} ({zone})",
    ),
    "why_sum": ("Всего {total}; в списке строк: {rows}", "{total} in all; rows in the list: {rows}"),
    "why_next": ("раньше всего {at}", "{at} at the earliest"),
    "why_row": ("строка {row} {number}", "row {row} {number}"),
    "why_no_dialers": ("Дозвонщик для этой кампании ещё не запускался.", "No dialer has run for this campaign yet."),
    "why_dialer": (
        "Дозвонщик {node}: {state}; линий занято {legs} из {channels}, до {cps:g} звонков в секунду",
        "Dialer {node}: {state}; {legs} of {channels} lines in use, up to {cps:g} calls a second",
    ),
    "why_dialer_gone": (
        "Дозвонщик {node} молчит, последний раз отзывался {ago} назад ({state})",
        "Dialer {node} is silent, heard of {ago} ago ({state})",
    ),
    "dialer_dialing": ("звонит", "dialing"),
    "dialer_idle": ("звонить сейчас некому", "nobody is due"),
    "dialer_no_line": ("все линии заняты", "all lines are in use"),
    "dialer_cps": ("исчерпаны звонки в секунду", "no more calls in this second"),
    "dialer_switch_away": ("нет связи с коммутатором", "the switch is away"),
    "dialer_writer_behind": ("результаты не успевают записываться", "results are not written fast enough"),
    "dialer_leaving": ("завершает работу", "leaving"),
    "dialer_gone": ("остановлен", "left"),
    "ago_seconds": ("{n} с", "{n} s"),
    "ago_minutes": ("{n} мин", "{n} min"),
    "ago_hours": ("{n} ч", "{n} h"),
    "ago_days": ("{n} дн.", "{n} days"),
    "order_pause_dialer": (
        "Кампания {campaign} на паузе (через {seconds:.1f} с): новых звонков нет, идущие закончатся сами.",
        "Campaign {campaign} is paused (after {seconds:.1f} s): no new calls, live ones go on to their end.",
    ),
    "order_pause_here": (
        "Кампания {campaign} на паузе. Дозвонщик не запущен; следующий найдёт её на паузе.",
        "Campaign {campaign} is paused. No dialer is running; the next one finds it so.",
    ),
    "order_resume_dialer": ("Кампания {campaign} продолжается.", "Campaign {campaign} goes on."),
    "order_resume_here": (
        "Кампания {campaign} продолжится, когда будет запущен дозвонщик: oklik up",
        "Campaign {campaign} goes on once a dialer is started: oklik up",
    ),
    "order_stop_dialer": (
        "Кампания {campaign} остановлена насовсем (через {seconds:.1f} с); идущие звонки закончатся сами.",
        "Campaign {campaign} is stopped for good (after {seconds:.1f} s); live calls go on to their end.",
    ),
    "order_stop_here": (
        "Кампания {campaign} остановлена насовсем. Дозвонщик не запущен.",
        "Campaign {campaign} is stopped for good. No dialer is running.",
    ),
    "order_expired": (
        "кампания {campaign}: за {seconds:.0f} с дозвонщик не выполнил команду, она отозвана; ничего не изменилось",
        "campaign {campaign}: no dialer has done it within {seconds:.0f} s; it was taken back, nothing has changed",
    ),
    "order_refused": ("кампания {campaign}: {state}, этого не сделать", "campaign {campaign} is {state}: not possible"),
}
