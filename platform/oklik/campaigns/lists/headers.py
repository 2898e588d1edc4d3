"""What a header says of persons: whose phones stand below it, whether it is the customer's key or a contract.

Only words that leave no doubt: a column taken for a person key by mistake would make one person of many.
"""

import re

from oklik.dialing.law.shapes import Role

# The first that fits decides; whatever fits none is the person's own.
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.GUARANTOR, re.compile(r"поручит|созаемщ|guarantor|co-?borrower|surety")),
    (
        Role.RELATIVE,
        re.compile(
            r"родствен|супруг|\bмуж[ауе]?\b|\bжен[аыеу]\b|\bмат(?:ь|ери)\b|\bотец\b|\bотца\b|\bбрата?\b|сестр|"
            r"relative|spouse|wife|husband|parent"
        ),
    ),
    (Role.THIRD, re.compile(r"треть|контактн\w* лиц|сосед|знаком|друг\w* лиц|third|reference|next of kin|neighbou?r")),
    (Role.WORK, re.compile(r"рабоч|служебн|\bработ[аы]\b|\bwork\b|business")),
)
ROLE_WORDS: dict[str, Role] = {
    **{str(role): role for role in Role},
    "свой": Role.OWN,
    "личный": Role.OWN,
    "рабочий": Role.WORK,
    "родственник": Role.RELATIVE,
    "поручитель": Role.GUARANTOR,
    "третье лицо": Role.THIRD,
}
"""What a person may call a role."""

_WHO = r"(?:должник|клиент|заемщик|абонент|контрагент|пациент|покупател|пользовател|физлиц|персон)\w*"
_KEY = re.compile(
    rf"(?:id|ид|идентификатор|код|uid|guid|внешний id)[ .:-]*{_WHO}|{_WHO}[ .:-]*(?:id|ид|код|uid|guid)|"
    r"(?:debtor|customer|client|borrower|person|patient)[ .:-]?(?:id|key|code|uid|guid)"
)
_LOAN = r"(?:договор|контракт|займ|кредит)\w*"
_CONTRACT = re.compile(
    rf"(?:(?:№|n|no|номер|код|id)[ .:-]*)?(?:кредитн\w+ )?{_LOAN}(?:[ .:-]*(?:№|n|no|номер|id))?|"
    r"(?:(?:№|номер)[ .:-]*)?лицев\w+ счет\w*|"
    r"(?:contract|agreement|loan)(?:[ .:-]?(?:no|number|id|code))?|account[ .:-]?(?:no|number|id)"
)


def folded(text: str) -> str:
    """Return a header for comparison: small letters, ё as е, single spaces, no quotes and trailing punctuation."""
    flat = re.sub(r"\s+", " ", text.casefold().replace("ё", "е").replace("_", " "))
    return flat.strip(" .:;*\"'«»")


def role_of(header: str) -> Role:
    """Whose the phones below a header are."""
    flat = folded(header)
    return next((role for role, words in _ROLES if words.search(flat)), Role.OWN)


def is_person_key(header: str) -> bool:
    """Whether a header names the customer's key of a person beyond doubt."""
    return _KEY.fullmatch(folded(header)) is not None


def is_contract(header: str) -> bool:
    """Whether a header names the number of a contract."""
    return _CONTRACT.fullmatch(folded(header)) is not None
