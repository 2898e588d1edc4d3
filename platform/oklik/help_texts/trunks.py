"""Help of `oklik trunk`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

_NAME = ("Имя линии.", "The trunk's name.")
_COMMON: Texts = {
    "name": _NAME,
    "dial_string": (
        "Строка набора: sofia/gateway/ИМЯ/{number}.",
        "The dial string: sofia/gateway/NAME/{number}.",
    ),
    "channels": ("Сколько разговоров одновременно.", "How many calls at a time."),
    "cps": ("Сколько звонков за любую секунду.", "How many calls in any second."),
    "reserved": (
        "Сколько из каналов оставить входящим: исходящие их не занимают.",
        "How many of the channels are kept for inbound calls: outbound ones never take them.",
    ),
    "caller_id": (
        "Номер, который можно показывать; можно несколько раз. Человек видит всегда один и тот же.",
        "A number that may be shown; may be repeated. A person always sees the same one.",
    ),
    "route": (
        "Что берёт линия: +7916, RU, RU:mobile, mobile или *; далее =ЦЕНА минуты и @ОЧЕРЁДНОСТЬ. Без маршрутов — всё.",
        "What the trunk takes: +7916, RU, RU:mobile, mobile or *; then =PRICE a minute, @PRIORITY. None: everything.",
    ),
    "attempt_price": (
        "Цена звонка, в том числе неудачного, в валюте OKLIK_CURRENCY.",
        "The price of a call, unanswered ones too, in the currency of OKLIK_CURRENCY.",
    ),
    "minute_price": (
        "Цена минуты там, где у маршрута нет своей.",
        "The price of a minute where the route has none of its own.",
    ),
    "extension": (
        "Внутренние номера операторов за этой линией: 105 или 1XX. Остальные короткие номера через неё не набираются.",
        "Extensions of agents behind this trunk: 105 or 1XX. No other short number is dialed through it.",
    ),
    "verify": (
        "Подтвердить, что номер закреплён за вами: без этого он не показывается настоящим людям.",
        "Say that the number is yours to show: without that it is not shown to real people.",
    ),
    "by": ("Кто подтверждает; иначе имя в системе.", "Who says so; else the name in the system."),
    "weight": ("Доля среди равных.", "Its part among equals."),
    "minutes_day": ("Не больше минут за день; 0 — без предела.", "No more minutes a day; 0: no limit."),
    "money_day": ("Не больше денег за день; 0 — без предела.", "No more money a day; 0: no limit."),
    "language": LANGUAGE,
}
TEXTS: dict[str, Texts] = {
    "trunk": {"": ("Линии: какие есть и кто по ним звонит.", "Trunks: which there are, and who calls over them.")},
    "trunk add": {"": ("Добавить линию.", "Make a trunk that campaigns may use."), **_COMMON},
    "trunk set": {
        "": (
            "Изменить линию: пределы, номера, маршруты, цены.",
            "Change a trunk: limits, numbers to show, routes, prices.",
        ),
        **_COMMON,
        "drop_caller_id": ("Больше не показывать этот номер.", "Show this number no more."),
        "drop_route": ("Убрать маршрут.", "Take a route away."),
        "drop_extension": ("Убрать внутренние номера.", "Take extensions away."),
    },
    "trunk remove": {
        "": ("Удалить линию, которой не пользуется ни одна кампания.", "Take a trunk away that no campaign uses."),
        "name": _NAME,
        "language": LANGUAGE,
    },
    "trunk list": {
        "": ("Показать все линии: пределы, номера, маршруты, состояние.", "Show all trunks: limits, numbers, routes."),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на линию.", "One JSON object a trunk."),
    },
    "trunk use": {
        "": (
            "Назначить кампании линии и её долю в них.",
            "Say over which trunks a campaign calls, and how much of them is its.",
        ),
        "campaign": ("Имя или номер кампании.", "The campaign's name or number."),
        "trunks": ("Имена линий, первая — основная; без них остаются прежние.", "Names of trunks, its own first."),
        "every": ("И все общие линии.", "All shared trunks besides."),
        "weight": ("Доля кампании в общих линиях.", "The campaign's part of trunks that several share."),
        "minutes_day": _COMMON["minutes_day"],
        "money_day": _COMMON["money_day"],
        "language": LANGUAGE,
    },
}
