"""Settings: the switch nodes."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Узлы FreeSWITCH", "FreeSWITCH nodes"),
    "empty": ("Ни один узел ещё не выходил на связь", "No node has been heard of yet"),
    "empty_hint": (
        ("Узел появится здесь сам, когда администратор запустит дозвонщик: на этой машине или у другого FreeSWITCH."),
        (
            "A node shows up by itself once an administrator has started its dialer: on this machine, or beside "
            "another FreeSWITCH."
        ),
    ),
    "virtual": ("виртуальный", "virtual"),
    "silent": ("Не отвечает", "Silent"),
    "silent_hint": (
        (
            "Дозвонщик этого узла молчит больше 10 секунд. Проверьте, работает ли он и доступна ли ему база данных; "
            "идущие звонки коммутатор завершит сам."
        ),
        (
            "This node's dialer has said nothing for more than 10 seconds. See whether it runs and finds the database; "
            "the switch ends the calls that are up by itself."
        ),
    ),
    "state_dialing": ("Звонит", "Dialing"),
    "hint_dialing": ("Всё в порядке: идут звонки.", "All is well: calls are being made."),
    "state_idle": ("Ждёт работы", "Idle"),
    "hint_idle": ("Всё в порядке: звонить сейчас некому.", "All is well: nobody is to be called now."),
    "state_no_line": ("Все каналы заняты", "All channels busy"),
    "hint_no_line": (
        "Новые звонки начнутся, когда закончится один из нынешних.",
        "New calls begin as soon as one of the present ones ends.",
    ),
    "state_cps": ("Звонит с предельной скоростью", "Dialing at full speed"),
    "hint_cps": (
        "Звонков в секунду столько, сколько разрешено: так и задумано.",
        "As many calls a second as are allowed: that is how it is meant.",
    ),
    "state_switch_away": ("Нет связи с FreeSWITCH", "No connection to FreeSWITCH"),
    "hint_switch_away": (
        "Дозвонщик работает, но FreeSWITCH не отвечает. Проверьте, запущен ли он и верны ли адрес и пароль.",
        "The dialer runs, but FreeSWITCH does not answer. See whether it runs, and whether address and password fit.",
    ),
    "state_writer_behind": ("Ждёт базу данных", "Waiting for the database"),
    "hint_writer_behind": (
        "Итоги звонков записываются медленнее, чем приходят: новые звонки подождут.",
        "Results are written more slowly than they come: new calls wait.",
    ),
    "state_leaving": ("Завершает работу", "Leaving"),
    "hint_leaving": (
        "Идущие разговоры закончатся, новых не будет.",
        "Talks that are under way finish, new ones do not begin.",
    ),
    "state_gone": ("Выключен", "Off"),
    "hint_gone": ("Дозвонщик был остановлен в обычном порядке.", "The dialer was stopped in order."),
    "calls_now": ("Звонков сейчас", "Calls now"),
    "of": ("из {n}", "of {n}"),
    "speed": ("Звонков в секунду, не больше", "Calls a second, at most"),
    "heard": ("Последний сигнал", "Heard of last"),
    "just_now": ("только что", "just now"),
    "dialer": ("дозвонщик {owner}", "dialer {owner}"),
    "line": ("Линия", "Trunk"),
    "line_state": ("Что делает", "What it does"),
    "line_calls": ("Звонков", "Calls"),
    "line_dialing": ("звонит", "dialing"),
    "line_idle": ("свободна", "free"),
    "line_no_line": ("все каналы заняты", "all channels are busy"),
    "line_cps": ("предельная скорость", "at full speed"),
    "line_switch_away": ("нет связи с FreeSWITCH", "no connection to FreeSWITCH"),
    "line_writer_behind": ("ждёт базу данных", "waits for the database"),
    "line_leaving": ("завершает работу", "leaving"),
    "line_gone": ("выключена", "off"),
    "only_virtual": (
        (
            "Сейчас работает только виртуальный коммутатор: настоящим людям не звонят. Как подключить FreeSWITCH, "
            "рассказано в docs/freeswitch.md."
        ),
        "Only the virtual switch runs now: nobody real is called. docs/freeswitch.md tells how to connect FreeSWITCH.",
    ),
}
