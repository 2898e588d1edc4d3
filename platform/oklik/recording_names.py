"""A template of recordings' names as a person types it in an option."""

from oklik.dialing.call_recording import FIELDS, BadTemplate, check_name
from oklik.failures import BadInput


def checked_name(template: str, option: str) -> str:
    """Give the template back.  Raises BadInput, which names the option and what is wrong in it."""
    try:
        return check_name(template)
    except BadTemplate as error:
        fields = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise BadInput(f"name_{error.why}", option=option, detail=error.detail, fields=fields) from None
