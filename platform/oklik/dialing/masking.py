"""Phone numbers as they may be shown where only their owner's own people should know them in full."""


def masked(number: str) -> str:
    """Give a number with its middle hidden: +79161234567 -> +7916•••••67; "" stays "".

    Country, the beginning of the code and the last two digits stay: enough to find a row, too little to call it.
    """
    if len(number) <= 7:
        return number[:2] + "•" * (len(number) - 2)
    return f"{number[:5]}{'•' * (len(number) - 7)}{number[-2:]}"
