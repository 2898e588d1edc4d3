"""What `oklik call` and `oklik phone` say."""

TEXTS: dict[str, tuple[str, str]] = {
    "phone_added": ("{number} ({name}): на него можно звонить для пробы", "{number} ({name}): may be rung for tests"),
    "phone_removed": ("{number}: больше не для проб", "{number}: no longer for tests"),
    "phone_line": ("{number}  {name}", "{number}  {name}"),
    "phones_none": (
        "телефонов для проб нет; добавить: oklik phone add НОМЕР --name ИМЯ",
        "there are no phones for tests; add one: oklik phone add NUMBER --name NAME",
    ),
    "no_such_phone": ("{number} не записан как телефон для проб", "{number} is not known as a phone for tests"),
    "phone_refused": ("{number}: {why}", "{number}: {why}"),
    "phone_name": ("--name: скажите, чей это телефон", "--name: say whose phone it is"),
    "no_such_order": ("заказа {id} нет", "there is no order {id}"),
    "order_asked": ("заказ {id}: ждёт обзвонщика", "order {id}: waits for a dialer"),
    "order_waits": ("заказ {id}: ждёт: {why}", "order {id}: waits: {why}"),
    "order_denied": ("заказ {id}: звонить нельзя: {why}", "order {id}: the call may not be made: {why}"),
    "order_denied_until": (
        "заказ {id}: звонить нельзя: {why}; можно с {at}",
        "order {id}: the call may not be made: {why}; it may from {at}",
    ),
    "order_call_expired": (
        "заказ {id}: за отведённое время никто не позвонил; звонка не будет",
        "order {id}: nobody made the call in its time; it will not be made",
    ),
    "order_cancelled": ("заказ {id} отменён", "order {id} is cancelled"),
    "order_too_late": ("заказ {id} уже не отменить", "order {id} can no longer be cancelled"),
    "order_failed": (
        "заказ {id}: звонок не удалось отправить ({why})",
        "order {id}: the call could not be sent ({why})",
    ),
    "order_no_agent": (
        "заказ {id}: оператор не ответил ({why}), человеку не звонили",
        "order {id}: the agent did not answer ({why}), the person was not called",
    ),
    "order_agent_rings": ("заказ {id}: вызываем оператора", "order {id}: the agent is being rung"),
    "order_agent_there": ("заказ {id}: оператор на линии", "order {id}: the agent is on the line"),
    "order_dials": ("заказ {id}: набираем {number}", "order {id}: dialing {number}"),
    "order_rings": ("заказ {id}: {number}: вызов идёт", "order {id}: {number}: ringing"),
    "order_talks": ("заказ {id}: {number}: разговор", "order {id}: {number}: talking"),
    "order_done": (
        "заказ {id}: {number}: звонок окончен, итог: {outcome}, разговор {talk} с",
        "order {id}: {number}: the call is over, outcome: {outcome}, talked {talk} s",
    ),
    "order_done_test": (
        "заказ {id}: {number}: пробный звонок окончен, разговор {talk} с",
        "order {id}: {number}: the test call is over, talked {talk} s",
    ),
    "order_no_dialer": (
        "обзвонщик не работает: запустите oklik up; заказ снят",
        "no dialer is up: start oklik up; the order is taken back",
    ),
}
