"""The start page: what runs now, what needs somebody, what to do next."""

TEXTS: dict[str, tuple[str, str]] = {
    "now": ("Сейчас", "Now"),
    "on_line": ("На линии {n} из {of} возможных", "{n} calls now, room for {of}"),
    "line": ("Линия «{name}»", "Trunk “{name}”"),
    "node": ("Узел {name}", "Node {name}"),
    "nothing_now": ("Сейчас никому не звоним", "Nobody is being called now"),
    "nothing_now_hint": (
        "Запущенные и приостановленные кампании появятся здесь.",
        "Campaigns that run or are paused will be shown here.",
    ),
    "attention": ("Требует внимания", "Needs attention"),
    "all_well": ("Всё в порядке", "All is well"),
    "all_well_hint": ("Нет ни сбоев, ни вопросов к вам.", "No faults, and nothing waits for you."),
    "pilot_over": (
        "Проба закончена: посмотрите итоги и решите, звонить ли остальным.",
        "The pilot is over: look at its results and decide whether to call the rest.",
    ),
    "list_refused": ("Список «{file}» не принят: {reason}", "The list “{file}” was refused: {reason}"),
    "over": ("Завершённые кампании", "Finished campaigns"),
    "results": ("Итоги", "Results"),
    "all_campaigns": ("Все кампании", "All campaigns"),
    "next": ("Что дальше", "What next"),
    "first_steps": ("Первая кампания", "Your first campaign"),
    "first_steps_hint": (
        "Осталось немного: вот что нужно для первого звонка.",
        "This is all it takes to the first call.",
    ),
    "step_line": ("Подключите телефонную линию", "Connect a telephone line"),
    "step_line_hint": (
        "Понадобится письмо оператора связи. Попробовать всё можно и без линии: на виртуальном коммутаторе.",
        "You need your carrier's letter. Everything can be tried without a line, on the virtual switch.",
    ),
    "step_scenario": ("Нарисуйте и опубликуйте сценарий", "Draw and publish a scenario"),
    "step_scenario_hint": (
        "Начните с готового: опрос, напоминание, приглашение.",
        "Begin with a ready one: a survey, a reminder, an invitation.",
    ),
    "step_list": ("Загрузите список", "Load a list"),
    "step_list_hint": (
        "Подойдёт Excel как есть: столбцы найдутся сами.",
        "Excel as it is: columns are found by themselves.",
    ),
    "step_campaign": ("Создайте кампанию", "Make a campaign"),
    "step_campaign_hint": (
        "Позвоните сначала себе, потом первым пятидесяти.",
        "Ring yourself first, then the first fifty.",
    ),
    "done": ("готово", "done"),
    "new_campaign": ("Новая кампания", "New campaign"),
    "load_list": ("Загрузить список", "Load a list"),
    "new_scenario": ("Новый сценарий", "New scenario"),
    "stop_number": ("Внести номер в стоп-лист", "Put a number on the stop list"),
}
