"""What a contact is called where there is room for one line."""

from oklik.campaigns.list_layout import ListLayout
from oklik.campaigns.list_pages import ContactLine

MOST = 120


def title_of(contact: ContactLine, layout: ListLayout) -> str:
    """Give the first cell with letters that tells neither phone, zone nor key; else the phone."""
    plain = (contact.fields.get(name, "") for name in layout.columns if layout.use_of(name) == "plain")
    named = next((cell for cell in plain if any(map(str.isalpha, cell))), "")
    return (named or (contact.phones[0] if contact.phones else "—"))[:MOST]
