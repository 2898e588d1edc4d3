"""What `oklik campaign plan` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "plan_head": ("Строка {row}: {numbers}", "Row {row}: {numbers}"),
    "plan_clock_own": ("Время абонента ({zone}), сейчас {now}", "The person's time ({zone}), now {now}"),
    "plan_clock_campaign": (
        "Часовой пояс абонента не известен; время кампании ({zone}), сейчас {now}",
        "The person's zone is not known; the campaign's time ({zone}), now {now}",
    ),
    "plan_not_running": (
        "Кампания: {state}. Так будет, если она пойдёт сейчас.",
        "The campaign is {state}. This is what follows if it runs from now on.",
    ),
    "plan_weekdays": ("пн вт ср чт пт сб вс", "Mo Tu We Th Fr Sa Su"),
    "plan_legend": (
        "{legal} можно звонить, {closed} нельзя, {tried} звонили, {elsewhere} в другой кампании, цифра: будущий звонок",
        "{legal} may be called, {closed} may not, {tried} called, {elsewhere} in another campaign, a digit: to come",
    ),
    "plan_up": ("звонок идёт", "on the line"),
    "plan_elsewhere": (" (кампания «{name}»)", " (campaign “{name}”)"),
    "plan_dialing": (
        "Сейчас идёт звонок; дальше так, если не ответят:",
        "A call is up; this follows if it is not answered:",
    ),
    "plan_then": ("Если не ответит ни разу, то на этом всё: {why}", "If nobody ever answers, that is all: {why}"),
    "plan_no_more": ("Больше не позвоним: {why}", "No further call: {why}"),
    "plan_step_plan": ("по плану повторов {at}", "by the retry plan {at}"),
    "plan_step_wish": ("просил позвонить {at}", "asked for {at}"),
    "plan_step_at_once": ("следующий номер сразу, {at}", "the next number at once, {at}"),
    "plan_step_hours": ("в разрешённые часы {at}", "into calling hours {at}"),
    "plan_step_other_hour": ("в другой час {at}", "to another hour {at}"),
    "plan_step_waiting": ("в очереди с {at}", "in the queue since {at}"),
    "plan_step_rule": ("{rule}, поэтому {at}", "{rule}, hence {at}"),
}
