"""Settings: projects."""

TEXTS: dict[str, tuple[str, str]] = {
    "lead": (
        "Проект — это кампании, сценарии и списки одного отдела или заказчика. Звонят по спискам своего проекта.",
        "A project holds campaigns, scenarios and lists of one department or customer. It calls its own lists.",
    ),
    "usual": ("Основной", "Main"),
    "new": ("Новый проект", "A new project"),
    "new_hint": ("Например: «Взыскание» или «Опросы клиентов»", "For example: “Debts” or “Customer surveys”"),
    "add": ("Создать проект", "Make the project"),
    "made": ("Проект «{name}» создан.", "The project “{name}” is made."),
    "empty": ("Проектов пока нет", "No projects yet"),
    "empty_hint": (
        "Первый появится сам, когда вы создадите сценарий или загрузите список.",
        "The first one appears by itself when you make a scenario or import a list.",
    ),
    "name": ("Проект", "Project"),
    "campaigns": ("Кампаний", "Campaigns"),
    "scenarios": ("Сценариев", "Scenarios"),
    "lists": ("Списков", "Lists"),
    "do": ("Действия", "Actions"),
    "rename": ("Переименовать", "Rename"),
    "renamed": ("Теперь проект называется «{name}».", "The project is called “{name}” now."),
    "usual_hint": ("Сюда попадает всё, для чего проект не выбран", "Whatever has no project chosen goes here"),
    "archive": ("В архив", "Archive"),
    "archived": (
        "Проект в архиве: в новых кампаниях его не предлагают, результаты остались.",
        "The project is archived: it is not offered for new campaigns, its results stay.",
    ),
    "in_archive": ("в архиве", "archived"),
    "restore": ("Вернуть из архива", "Bring back"),
    "restored": ("Проект снова в работе.", "The project is in use again."),
    "all": ("Все проекты", "All projects"),
}
