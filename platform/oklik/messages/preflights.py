"""What `oklik campaign preflight` shows."""

TEXTS: dict[str, tuple[str, str]] = {
    "pf_working": ("Проверка списка", "Going through the list"),
    "pf_title": ("Проверка перед запуском: {name}", "Launch check: {name}"),
    "pf_at": ("На {at:%d.%m.%Y %H:%M} ({zone})", "For {at:%Y-%m-%d %H:%M} ({zone})"),
    "pf_virtual": (
        "Виртуальный коммутатор: никому настоящему не позвонят",
        "Virtual switch: nobody real will be called",
    ),
    "pf_no_advice": (
        "Правила звонков — таблицы программы, а не юридическая консультация.",
        "The rules of calling are tables of this program and no legal advice.",
    ),
    "pf_people": ("Люди", "People"),
    "pf_contacts": ("Контактов", "Contacts"),
    "pf_over": ("Уже закончены", "Over already"),
    "pf_allowed": ("Можно звонить сейчас", "May be called now"),
    "pf_reachable": ("Можно звонить за {days} дн.", "May be called within {days} days"),
    "pf_blocked": ("Сейчас нельзя", "Not now"),
    "pf_next": ("с {at:%d.%m %H:%M}", "from {at:%m-%d %H:%M}"),
    "pf_never": ("никогда", "never"),
    "pf_first_stop": (
        "Первый запретный момент: {at:%d.%m %H:%M}, с него нельзя звонить {n} контактам",
        "First forbidden minute: {at:%m-%d %H:%M}, no calls to {n} contacts from then on",
    ),
    "pf_unplaced": (
        (
            "Часовой пояс неизвестен у {n}: звонить им можно {left:g} ч в неделю вместо {usual:g}. Поможет регион "
            "базы, столбец «Регион» или реестр нумерации (oklik numbering import)"
        ),
        (
            "The time zone of {n} is not known: {left:g} hours of calling a week instead of {usual:g}. The region of "
            "the list, a column of regions or the numbering register (oklik numbering import) helps"
        ),
    ),
    "pf_hours": ("Скольким можно звонить, по часам кампании", "How many may be called, by the campaign's clock"),
    "pf_local": (
        "То же по часам самих людей, ближайшая неделя",
        "The same by the people's own clocks, the coming week",
    ),
    "pf_day": ("День", "Day"),
    "pf_0_24": ("0     6     12    18    ", "0     6     12    18    "),
    "pf_most": ("Больше всего", "At most"),
    "pf_forecast": ("Прогноз", "Forecast"),
    "pf_attempts": ("Звонков (по счёту: {each})", "Calls (first, second …: {each})"),
    "pf_talks": ("Разговоров", "Talks"),
    "pf_minutes": ("Минут разговора", "Minutes of talk"),
    "pf_lines": ("Линии берут в час", "Lines take an hour"),
    "pf_ends": ("Закончится", "Ends"),
    "pf_ends_at": ("{at:%d.%m.%Y %H:%M}", "{at:%Y-%m-%d %H:%M}"),
    "pf_no_end": ("не за два месяца", "not within two months"),
    "pf_nobody": ("звонить некому", "nobody to call"),
    "pf_measured": (
        (
            "По {n} звонкам прежних кампаний с той же целью: отвечают {answered:.0%}, гудки {ring_s:g} с, "
            "разговор {talk_s:g} с"
        ),
        (
            "By {n} calls of earlier campaigns for this purpose: {answered:.0%} answered, ringing {ring_s:g} s, "
            "talk {talk_s:g} s"
        ),
    ),
    "pf_assumed": (
        (
            "Допущения, а не замеры (прежних звонков мало): отвечают {answered:.0%}, гудки {ring_s:g} с, "
            "разговор {talk_s:g} с"
        ),
        (
            "Assumed, not measured (too few earlier calls): {answered:.0%} answered, ringing {ring_s:g} s, "
            "talk {talk_s:g} s"
        ),
    ),
    "pf_cost": ("Стоимость", "Cost"),
    "pf_cost_total": ("Всего", "In all"),
    "pf_cost_attempts": (
        "За звонки, по {price} (по счёту: {each})",
        "For calls, {price} each (first, second …: {each})",
    ),
    "pf_cost_minutes": ("За {n} минут разговора, по {price}", "For {n} minutes of talk, {price} each"),
    "pf_no_price": (
        "Цены звонка и минуты неизвестны: --attempt-price, --minute-price здесь или у линии (oklik trunk set)",
        "The prices of a call and a minute are not known: --attempt-price, --minute-price here or with oklik trunk set",
    ),
    "pf_cost_unpriced": (
        "У линий для {percent} % людей цены не указаны: на деле дороже",
        "The lines of {percent} % of the people have no price: it will cost more",
    ),
    "pf_list": ("Список", "List"),
    "pf_twice": (
        "Людей, которые в списке несколько раз: {persons} (строк {contacts})",
        "People who are in the list several times: {persons} ({contacts} rows)",
    ),
    "pf_rejected": ("Строк-повторов отклонено при загрузке: {n}", "Rows left out at import as doubles: {n}"),
    "pf_elsewhere": (
        "Людей, которых обзванивают и другие кампании: {n} ({names})",
        "People whom other campaigns call too: {n} ({names})",
    ),
    "pf_empty": (
        "Пусто в столбце «{title}»: {n}",
        "Empty cells in column “{title}”: {n}",
    ),
    "pf_empty_required": (
        "Пусто в нужном столбце «{title}»: {n} — им не позвонят",
        "Empty cells in the required column “{title}”: {n}: they are not called",
    ),
    "pf_column_missing": ("В списке нет столбца «{title}»", "The list has no column “{title}”"),
    "pf_list_fine": ("Повторов и пустых ячеек нет", "No doubles and no empty cells"),
    "pf_speech": ("Озвучивание", "Speech"),
    "pf_speech_ready": ("Готово", "Ready"),
    "pf_speech_waiting": ("Ещё не озвучено", "Not made yet"),
    "pf_speech_failed": ("Не озвучить: {why}", "Cannot be made: {why}"),
    "pf_speech_trouble": ("Озвучивание стоит: {why}", "The making of speech has stopped: {why}"),
    "pf_price": ("{name} {given}: нужна цена, например 0.30", "{name} {given}: a price is expected, such as 0.30"),
    "pf_moment": (
        "--at {given}: нужны дата и время, например 2026-11-27T18:00",
        "--at {given}: date and time are expected, such as 2026-11-27T18:00",
    ),
    "weekday_0": ("пн", "Mon"),
    "weekday_1": ("вт", "Tue"),
    "weekday_2": ("ср", "Wed"),
    "weekday_3": ("чт", "Thu"),
    "weekday_4": ("пт", "Fri"),
    "weekday_5": ("сб", "Sat"),
    "weekday_6": ("вс", "Sun"),
}
