"""Numbers that fraudsters want dialed, in every spelling: premium, satellite, short, emergency, dear countries.

Made of the numbering plans themselves and of lists of places that fraud leads to; the home country is Russia.
"""

from itertools import product

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


def _examples(*kinds: int) -> list[str]:
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region, kind in product(sorted(phonenumbers.SUPPORTED_REGIONS), kinds)
    )
    return sorted({phonenumbers.format_number(one, PhoneNumberFormat.E164) for one in found if one is not None})


DEAR = _examples(
    PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER, PhoneNumberType.SHARED_COST, PhoneNumberType.PERSONAL_NUMBER
)
SATELLITES = [
    f"+{code}{rest}"
    for code in ("8816", "8817", "8818", "8819", "870", "8823", "88299", "88351", "979", "878", "888", "247", "246")
    for rest in ("1234567", "00000001", "98765432")
] + [f"+7954{n:07}" for n in (0, 1234567, 9999999)]
EMERGENCY = ["112", "911", "999", "101", "102", "103", "104", "01", "02", "03", "0890", "122"]
SHORT = [f"+{code}{number}" for code in ("7", "1", "44", "33", "49") for number in EMERGENCY]
# Caribbean and Pacific places within +1, which look like America: Bahamas ... Virgin Islands.
CARIBBEAN = [
    f"+1{area}{rest}"
    for area in (242, 246, 264, 268, 284, 345, 441, 473, 649, 664, 721, 758, 767, 784, 809, 829, 849, 868, 869, 876)
    for rest in ("4561234", "7654321", "2001000")
] + ["+19005551234", "+19765551234", "+15005551234", "+17005551234"]
# Where revenue is shared with whoever brings the calls.
LOVED = [
    f"+{code}{rest}"
    for code, rest in product(
        ("371", "370", "381", "387", "216", "220", "222", "224", "231", "232", "239", "252", "257", "261", "269", "291",
         "500", "53", "592", "60", "675", "677", "678", "682", "685", "688", "690", "92", "94", "960", "963", "967"),
        ("21234567", "70012345", "90512345"),
    )
]  # fmt: skip
ABROAD = [
    number
    for number in _examples(PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    if phonenumbers.region_code_for_number(phonenumbers.parse(number)) != "RU"
]
FRAUD = sorted({*DEAR, *SATELLITES, *SHORT, *CARIBBEAN, *LOVED, *ABROAD})
"""E.164 at least in form."""


def spelled(number: str) -> list[str]:
    """A number as somebody types it who hopes that nobody looks."""
    digits = number[1:]
    return [
        number,
        f"8~10{digits}",
        f"810{digits}",
        f"00{digits}",
        f"+7{digits}",
        f" {digits[:3]} ({digits[3:6]}) {digits[6:]} ",
        f"{number} доб. 12",
        f"{number};ext=5",
        f"{number},,9{digits}",
        f"tel:{number}",
        f"{number}@carrier",
        f"{number}#",
        f"*67{digits}",
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in number),
        "\u200b".join(number),
    ]
