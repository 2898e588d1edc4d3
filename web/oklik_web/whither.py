"""Where to go next, when a request says so: only to a page of ours."""

from urllib.parse import urlsplit

HOME = "/"


def whither(wanted: str | None) -> str:
    """Give the address if it is a path of this site, else the start's.

    Browsers read a backslash as a slash and skip control characters, so that neither may be there.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or any(ord(one) < 32 for one in wanted):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc else wanted
