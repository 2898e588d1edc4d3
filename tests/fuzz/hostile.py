"""Values that somebody might put into a field: seeded, endless, and near enough to good ones to get far."""

import random
from typing import Any

PIECES = (
    "\n", "\r", "\0", "\n\n", "\r\n", "'", '"', "\\", "\\n", "\\s", "{", "}", "<", ">", "[", "]", ",", "|", ":_:",
    "^^", "^^;", "${", "${system(id)}", "$${x}", "%[x]", "\x01", "\x02", "undef", "ARRAY::", "|:", " ", "  ", "\t",
    "&park()", "&", "(", ")", "=", ";", "!", "://", "shell_stream://", "loopback/", "sofia/gateway/x/9", "@", "/",
    "..", "/../", "/./", "//", ".wav", "-", "+", "?", "*", "#", "~", "`", "api hupall\n\n", "\n\napi system id\n\n",
    "\nJob-UUID: x", "\nContent-Length: 9", "keys", "inline", "\u2028", "\u202e", "\x85", "\x7f", "\xa0", "\ufeff",
    "é", "ё", "Łukasz", "Nguyễn", "Д'Артаньян", "O'Brien", "🙂", "שלום", "١٢٣", "７", "K", "ſ", "\ud800", "_", "0",
    "9", "a", "Z", "A", ".", ":", "x=1", "%0a", "NULL", "none", "_all_",
)  # fmt: skip
WHOLE = (
    "", " ", "\n", "undef", "-", "--", "+", ".", "..", "/", "/.wav", "/..wav", "/a/../b.wav", "/./a.wav", "//a.wav",
    "a.wav", "../a.wav", "shell_stream://x.wav", "http://h/x.wav", "/x!/y.wav", "/x.wav!/y.wav", "{/x.wav",
    "/x.wav ", "/tone_stream://x.wav", "/x.WAV", "sofia/gateway/pstn/1 &socket(h)",
    "sofia/gateway/a/1,sofia/gateway/b/2", "sofia/gateway/a/1|user/2", "loopback/1", "loopback/9196/default/XML",
    "sofia/gateway/pstn/1^2", "error/USER_BUSY", "group/x", "user/1@h;fs_path=x", "sofia/x/1",
    "sofia/gateway/pstn/", "sofia/gateway//1", "sofia/gateway/p/1/2", "sofia/gateway/p/-1", "user/", "user/a@",
    "user/a@h:", "null/x", "sofia/p/a@h:123456", "sofia/p/a@-h", "sofia/p/a@h-", "sofia/p/@h",
    "pickup/x", "sofia/gateway/a@h", "sofia/GATEWAY/a@h", "tdm/1",
    "enum/+1", "verto.rtc/x", "7916\n", "7916\0", "+", "++7916", "7916+", "0" * 16, "1234567890123456",
    "+1234567890123456", "abc", "10 20", "1,2", "00000000-0000-0000-0000-00000000000",
    "00000000-0000-0000-0000-0000000000000", "C0200000-0000-4000-8000-000000000002",
    "c0200000-0000-4000-8000-00000000000g", "c0200000000040008000000000000002", "all", "_all_", "_undef_", "hupall",
    "a b", "CHANNEL ALL", "ALL", "sofia::", "::x", "a::b::c", "mod_", "mod_x y", "MOD_X", "USER_BUSY x",
    "user_busy", "U", "0*#0*#0*#0*#0", "a" * 33, "a" * 65, "A" * 41, "x" * 17,
    "/" + "a" * 101 + ".wav", "a" * 9000, "/a" * 31 + ".wav",
)  # fmt: skip
_SINGLE = "\n\r\0'\\{},|$^:_ A0\x7f\xa0\u0416\u05d0\ue000\U0001f642"
NO_TEXT: tuple[Any, ...] = (None, 1, True, 1.5, b"x", [], ())
NO_NUMBER: tuple[Any, ...] = (
    -1, -(2**63), 2**53, 2**53 + 1, 2**63, 10**20, True, False, 1.0, 1.5, float("nan"), "1", "", "1 2", None, b"1",
)  # fmt: skip


def text(chance: random.Random, good: str) -> Any:
    """A value in place of a good one."""
    kind = chance.random()
    if kind < 0.5:  # a good one with something in it
        place = chance.randrange(len(good) + 1)
        piece = chance.choice(PIECES)
        kept = place if kind < 0.35 else min(len(good), place + len(piece))
        return good[:place] + piece + good[kept:]
    if kind < 0.65:
        return chance.choice(WHOLE)
    if kind < 0.85:
        return "".join(chance.choices(PIECES, k=chance.randrange(1, 7)))
    if kind < 0.9:  # a good one, cut or doubled
        place = chance.randrange(len(good) + 1)
        return good[:place] if kind < 0.88 else good + good[place:]
    if kind < 0.96:
        return "".join(chance.choices(_SINGLE, k=8))
    if kind < 0.965:
        return good * chance.choice((20, 400)) + chance.choice(PIECES)
    if kind < 0.98:
        return chance.choice(NO_TEXT)
    return "".join(chr(chance.randrange(0x2500)) for _ in range(4))


def number(chance: random.Random, low: int, high: int) -> Any:
    """A value in place of a whole number from low to high."""
    kind = chance.random()
    if kind < 0.4:
        return chance.choice((low - 1, high + 1, low - 100, high * 2 + 1, high + 100))
    if kind < 0.6:
        return chance.choice((low, high))
    return chance.choice(NO_NUMBER)
