"""What help texts have in common."""

Texts = dict[str, tuple[str, str]]

SCENARIO = ("Сценарий, YAML или JSON.", "The scenario, YAML or JSON.")
LANGUAGE = ("Язык сообщений: ru или en.", "Language of the messages: ru or en.")
REHEARSAL = "Только виртуальный коммутатор: ", "Virtual switch only: "
