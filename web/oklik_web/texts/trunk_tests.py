"""The test call of a trunk, in words."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Проверочный звонок", "Test call"),
    "lead": (
        (
            "Позвоним через эту линию на ваш телефон. Нажимайте клавиши: робот будет их называть, а здесь появится, "
            "каким способом они доходят. Решётка заканчивает звонок."
        ),
        (
            "Your phone is rung through this very trunk. Press keys: the robot names them, and here you see how they "
            "arrive. The hash key ends the call."
        ),
    ),
    "phone": ("Телефон", "Phone"),
    "phone_hint": ("Только из списка", "Only from the list"),
    "phones": ("Телефоны для проб", "Test phones"),
    "no_phones": (
        "Сначала нужен телефон, на который можно звонить: добавьте его в список телефонов для проб.",
        "First a phone is needed that may be rung: put it on the list of test phones.",
    ),
    "call": ("Позвонить", "Call"),
    "is_begun": ("Звонок заказан: возьмите телефон", "The call is ordered: take the phone"),
    "to_phone": ("на {phone}", "to {phone}"),
    "at_node": ("узел {node}", "node {node}"),
    "virtual": (
        "Звонил виртуальный коммутатор: телефон не звонил, клавиши нажимал вымышленный человек.",
        "The virtual switch made this call: no phone has rung, and an invented person pressed the keys.",
    ),
    "state_preparing": ("Готовим речь", "Preparing speech"),
    "state_asked": ("Ждём коммутатор", "Waiting for the switch"),
    "state_dialing": ("Набираем", "Dialing"),
    "state_ringing": ("Звонит", "Ringing"),
    "state_answered": ("Ответили", "Answered"),
    "state_done": ("Закончен", "Over"),
    "state_denied": ("Нельзя звонить", "Not permitted"),
    "state_failed": ("Не получилось", "Failed"),
    "state_expired": ("Некому было звонить", "Nobody made it"),
    "pressed": ("Нажали", "Pressed"),
    "press_now": ("Нажимайте клавиши на телефоне.", "Press keys on the phone."),
    "way_rfc2833": ("RFC 2833", "RFC 2833"),
    "way_info": ("SIP INFO", "SIP INFO"),
    "way_inband": ("тоном в звуке", "tones in the sound"),
    "way_other": ("способ неизвестен", "way unknown"),
    "works_as_set": (
        "Клавиши доходят: {way}. Линия так и настроена, менять ничего не нужно.",
        "Keys arrive: {way}. The trunk is set to it, so there is nothing to change.",
    ),
    "works_otherwise": (
        "Клавиши доходят иначе, чем настроена линия: {way} вместо {configured}. Сценарии их пока не услышат.",
        "Keys arrive in another way than the trunk is set to: {way}, not {configured}. Scenarios do not hear them.",
    ),
    "works_better": (
        "Клавиши доходят и так, как настроена линия ({configured}), и надёжнее: {way}.",
        "Keys arrive as the trunk is set ({configured}), and in a more reliable way: {way}.",
    ),
    "both_ways": (
        "Клавиши дошли несколькими способами: {ways}.",
        "Keys arrived in several ways: {ways}.",
    ),
    "no_keys": (
        (
            "Разговор был, но ни одна клавиша не дошла. Если вы нажимали: спросите у оператора, передаёт ли он DTMF и "
            "каким способом; для тонов в звуке нужен кодек PCMA или PCMU."
        ),
        (
            "There was a talk, but no key has arrived. If you pressed some: ask the carrier whether and how it passes "
            "DTMF on; tones in the sound need the codec PCMA or PCMU."
        ),
    ),
    "unknown_way": (
        "Клавиши дошли, но коммутатор не сказал, каким способом.",
        "Keys arrived, but the switch has not told in which way.",
    ),
    "write": ("Записать в линию: {way}", "Set the trunk to: {way}"),
    "is_written": ("Линия настроена: {way}", "The trunk is set: {way}"),
    "take_file": (
        "Файл линии изменился: скачайте его и положите на машину коммутатора.",
        "The trunk's file has changed: take it to the switch's machine.",
    ),
    "expired_hint": (
        "За две минуты звонок не взял ни один узел. Проверьте, работает ли узел FreeSWITCH и есть ли у него настройки.",
        "No node has taken the call in two minutes. See whether a FreeSWITCH node works and has these settings.",
    ),
    "ended_us": ("Проверка закончена, трубку положили мы", "The test is over, we have hung up"),
    "ended_person": ("Трубку положили на телефоне", "They have hung up"),
    "ended_other": ("Соединение прервалось", "The connection broke"),
    "old_guard": (
        "На коммутаторе старая версия сценария oklik.lua",
        "The switch has an older version of the script oklik.lua",
    ),
    "old_guard_advice": (
        "попросить администратора обновить конфигурацию коммутатора",
        "ask an administrator to renew the switch's configuration",
    ),
    "fault_no_line": ("Все каналы линии заняты", "All channels of the trunk are taken"),
    "fault_no_speech": ("Голос не смог произнести фразы проверки", "The voice could not speak the phrases of the test"),
    "fault_other": ("Сбой на нашей стороне: {why}", "A fault of ours: {why}"),
    "fault_lost": (
        "Узел перестал отвечать во время звонка",
        "The node stopped answering in the middle of the call",
    ),
    "sip_status": ("ответ оператора: SIP {n}", "the carrier's answer: SIP {n}"),
}
