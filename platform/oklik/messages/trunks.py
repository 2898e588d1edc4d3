"""What `oklik trunk` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "trunk_added": ("линия «{name}» добавлена", "the trunk {name!r} is added"),
    "trunk_set": ("линия «{name}» изменена", "the trunk {name!r} is changed"),
    "trunk_removed": ("линия «{name}» удалена", "the trunk {name!r} is removed"),
    "trunk_used": ("кампания «{name}»: линии и доля записаны", "campaign {name!r}: its trunks and share are noted"),
    "trunks_none": ("линий пока нет", "there are no trunks yet"),
    "trunk_line": (
        "{name}: {dial}, каналов {channels} (для входящих {reserved}), звонков в секунду {cps}, {state}",
        "{name}: {dial}, {channels} channels ({reserved} for inbound calls), {cps} calls a second, {state}",
    ),
    "trunk_number": ("  номер {number}: не проверен", "  number {number}: not verified"),
    "trunk_verified": ("  номер {number}: проверен ({who})", "  number {number}: verified ({who})"),
    "trunk_routes": ("  маршруты (цены в {currency}): {routes}", "  routes (prices in {currency}): {routes}"),
    "trunk_prices": (
        "  цена звонка {attempt} {currency}, минуты {minute} {currency}",
        "  {attempt} {currency} a call, {minute} {currency} a minute",
    ),
    "trunk_minutes_day": ("  не больше {minutes} мин. за день", "  at most {minutes} min a day"),
    "trunk_money_day": ("  не больше {money} {currency} за день", "  at most {money} {currency} a day"),
    "trunk_extensions": ("  внутренние номера: {extensions}", "  extensions: {extensions}"),
    "trunk_closed": ("работает", "works"),
    "trunk_open": ("отключена из-за отказов", "shut off after faults"),
    "trunk_half_open": ("испытывается после отказов", "being tried after faults"),
    "trunk_ramp": ("возвращается после отказов", "coming back after faults"),
    "trunk_money": (
        "--{option} {given}: нужна сумма, не меньше нуля, например 1500.50",
        "--{option} {given}: an amount is expected, not below nought, such as 1500.50",
    ),
}
