"""What help texts have in common."""

Texts = dict[str, tuple[str, str]]

SCENARIO = ("Сценарий, YAML или JSON.", "The scenario, YAML or JSON.")
LANGUAGE = ("Язык сообщений: ru или en.", "Language of the messages: ru or en.")
TLS = ("По https; без --certificate — с сертификатом этой машины.", "By https; a certificate of this machine's own.")
CERTIFICATE = ("Свой сертификат, PEM (OKLIK_TLS_CERTIFICATE).", "A certificate of yours, PEM (OKLIK_TLS_CERTIFICATE).")
KEY = ("Ключ к нему, PEM (OKLIK_TLS_KEY).", "Its key, PEM (OKLIK_TLS_KEY).")
REHEARSAL = "Только виртуальный коммутатор: ", "Virtual switch only: "
