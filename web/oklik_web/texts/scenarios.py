"""The list of scenarios, and what a new one is asked."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Сценарии", "Scenarios"),
    "new": ("Новый сценарий", "New scenario"),
    "find": ("Найти сценарий", "Find a scenario"),
    "scenario": ("Сценарий", "Scenario"),
    "state": ("Состояние", "State"),
    "changed": ("Изменён", "Changed"),
    "used": ("Кампаний", "Campaigns"),
    "never_published": ("Черновик", "Draft"),
    "version": ("Версия {n}", "Version {n}"),
    "version_and_draft": ("Версия {n}, есть правки", "Version {n}, changed since"),
    "project": ("Проект", "Project"),
    "project_hint": ("Сценарий звонит по спискам этого проекта.", "The scenario calls the lists of this project."),
    "none_in_project": ("В проекте «{project}» сценариев пока нет", "The project “{project}” has no scenarios yet"),
    "none_found": ("По запросу «{q}» ничего нет", "Nothing is found by “{q}”"),
    "show_all": ("Показать все", "Show all"),
    "empty": ("Сценариев пока нет", "There are no scenarios yet"),
    "empty_hint": (
        "Сценарий — это разговор: что говорит робот и что бывает после каждой кнопки. Начните с готового ниже.",
        "A scenario is a conversation: what the robot says, and what follows each key. Begin with a ready one below.",
    ),
    "gallery": ("Готовые сценарии", "Ready scenarios"),
    "gallery_hint": (
        "Возьмите похожий: получится ваша копия, в ней поменяете тексты и название компании.",
        "Take one that is close: you get a copy, in which you put your texts and your company's name.",
    ),
    "steps": ("{n} {n:шаг|шага|шагов}", "{n} {n:step|steps}"),
    "copy_of": (
        "Копия готового сценария «{title}»: {n} {n:шаг|шага|шагов}.",
        "A copy of “{title}”: {n} {n:step|steps}.",
    ),
    "title_label": ("Название", "Title"),
    "title_hint": ("Как сценарий называется у вас", "What you call it"),
    "name_label": ("Короткое имя", "Short name"),
    "name_hint": (
        "Для ссылок и файлов: строчные латинские буквы, цифры, дефис. Потом не меняется.",
        "For links and files: small Latin letters, digits, hyphen. It does not change later.",
    ),
    "make": ("Создать и открыть", "Make and open"),
    "cancel": ("Отмена", "Cancel"),
    "needs_script": (
        "Редактору нужен JavaScript: включите его в браузере.",
        "The editor needs JavaScript: turn it on.",
    ),
}
