"""What is said of numbers and of where their people are: `oklik numbering`, and what `oklik run` tells of zones."""

TEXTS: dict[str, tuple[str, str]] = {
    "zone_rules": ("Где абоненты, видно: {rules}", "What tells where people are: {rules}"),
    "zone_rule_own": ("по столбцу списка {n}", "a column of the list {n}"),
    "zone_rule_plan": ("по реестру нумерации {n}", "the numbering register {n}"),
    "zone_rule_prefix": ("по самому номеру {n}", "the number itself {n}"),
    "zone_rule_base": ("по региону базы {n}", "the region of the list {n}"),
    "zone_rule_possible": ("не видно {n}", "nothing {n}"),
    "unplaced": (
        (
            "Часовой пояс неизвестен у {n} из {contacts}: закон должен соблюдаться во всех возможных, и за неделю им "
            "можно звонить {left:g} ч вместо {usual:g}. Поможет --zone (регион базы), столбец «Регион» или реестр "
            "нумерации (oklik numbering import)"
        ),
        (
            "The time zone of {n} of {contacts} is not known: the law must hold in all that are possible, which leaves "
            "{left:g} hours of calling a week instead of {usual:g}. --zone (the region of the list), a column of "
            "regions or the numbering register (oklik numbering import) helps"
        ),
    ),
    "numbering_reading": ("Чтение {source}", "Reading {source}"),
    "numbering_imported": (
        "{source} ({names}): диапазонов {ranges}, номеров {numbers}, регионов {regions}; до этого диапазонов {before}",
        "{source} ({names}): ranges {ranges}, numbers {numbers}, regions {regions}; ranges before {before}",
    ),
    "numbering_unknown": (
        "Пояс неизвестен у регионов: {n} (диапазонов {ranges}); их номера решает следующее правило:",
        "Regions whose zone is not known: {n} (ranges {ranges}); the next rule decides on their numbers:",
    ),
    "numbering_region": ("  {region}: {n}", "  {region}: {n}"),
    "numbering_no_region": ("(регион не указан)", "(no region)"),
    "numbering_refused": ("Строк без диапазона: {n}", "Rows without a range: {n}"),
    "numbering_refused_row": ("  {why}", "  {why}"),
    "numbering_number": (
        "{given}: это не один телефонный номер",
        "{given}: this is not one telephone number",
    ),
    "look_kind": ("Вид: {kind}, страна {country}", "Kind: {kind}, country {country}"),
    "look_operator": ("Оператор: {operator}", "Operator: {operator}"),
    "look_region": ("Регион: {region}", "Region: {region}"),
    "look_zones": ("Часовые пояса: {zones}", "Time zones: {zones}"),
    "look_rule_plan": ("Решает реестр нумерации", "The numbering register decides"),
    "look_rule_prefix": ("Решает сам номер", "The number itself decides"),
    "look_rule_base": ("Решает регион базы", "The region of the list decides"),
    "look_rule_possible": (
        "Не решает ничего: закон должен соблюдаться во всех этих поясах",
        "Nothing decides: the law must hold in all of these zones",
    ),
    "look_nothing": ("неизвестно", "not known"),
    "kind_mobile": ("мобильный", "mobile"),
    "kind_landline": ("городской", "landline"),
    "kind_toll_free": ("бесплатный", "toll-free"),
    "kind_voip": ("VoIP", "VoIP"),
    "kind_shared_cost": ("с разделённой оплатой", "shared cost"),
    "kind_company": ("корпоративный", "company"),
    "kind_premium": ("платный", "premium rate"),
    "kind_satellite": ("спутниковый", "satellite"),
    "kind_pager": ("пейджер", "pager"),
    "kind_short": ("короткий", "short"),
    "kind_unknown": ("неизвестный", "unknown"),
}
