"""What FreeSWITCH makes of the bytes of a command: a model written apart from the encoder and from its second opinion.

It goes the way of the switch: the event socket cuts frames and headers, an api command's argument is cut into words
(with quotes and backslashes), the guard script puts an originate together, that is taken apart into variables, legs
and an application; an execution's argument is expanded and cut as the application does.  The result is a plain tuple,
to be compared with what was meant.  Whatever has a meaning that nobody meant is Strange.
"""

from typing import Any

ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
DIGITS = frozenset("0123456789")
HEX = frozenset("0123456789abcdef")
PRINTABLE = bytes(range(0x20, 0x7F))
FRAME_MOST = 8192
# Sequences that some parser on the way acts upon, wherever they stand.
MEANINGFUL = ("${", ":_:", "^^", "%[", "%x[", "\\", '"', "`", "{", "}", "<", ">", "|", "ARRAY::")
SEPARATOR = "^^;"  # the one of multiset, which is ours


class Strange(Exception):
    """The switch would do something that nobody meant."""


def read(data: bytes) -> tuple[Any, ...]:
    """Give what the switch does, as a tuple.  Raises Strange."""
    lines = _lines(data)
    verb, _, rest = lines[0].partition(" ")
    if verb == "auth":
        if len(lines) != 1 or not rest or " " in rest:
            raise Strange("login")
        return "auth", rest
    whole = "\n".join(lines).replace(f": {SEPARATOR}", ": ", 1)
    if lines[0].startswith("bgapi originate {"):
        return _placed(lines)
    for one in MEANINGFUL:
        if one in whole:
            raise Strange(f"{one!r} has a meaning")
    if verb == "sendmsg":
        return _execution(rest, _headers(lines[1:]))
    if verb == "bgapi":
        return _background(rest, _headers(lines[1:]))
    if len(lines) != 1:
        raise Strange("headers on a command that has none")
    if verb == "api":
        return ("api", *_api(rest))
    if verb == "event":
        names = _cut(rest)
        if names[:1] != ["json"] or len(names) < 2:
            raise Strange("another format of events")
        return "event", *names[1:]
    if lines == ["exit"]:
        return ("exit",)
    raise Strange(f"the command {verb!r}")


def _lines(data: bytes) -> list[str]:
    """The lines of the one frame."""
    if len(data) > FRAME_MOST:
        raise Strange("too long")
    if data.translate(None, PRINTABLE + b"\n"):
        raise Strange("a byte that no command has")  # CR, NUL, 0x01, 0x02, UTF-8: each is read in a way of its own
    head, end, more = data.partition(b"\n\n")
    if not end or more:
        raise Strange("not one frame")
    lines = head.decode("ascii").split("\n")
    if not all(lines):
        raise Strange("an empty line")
    return lines


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not value.startswith(" ") or name.lower() in {known.lower() for known in found}:
            raise Strange(f"the header {line!r}")
        found[name] = value[1:]
    return found


def _cut(text: str) -> list[str]:
    """switch_separate_string on blanks: a quote keeps blanks together, one alone swallows the rest."""
    if "'" not in text:
        words = text.split(" ")
        if "" in words and text:
            raise Strange("two blanks")  # they would be one: whoever counts words counts others
        return words
    words, word, inside = [], "", False
    for char in text:
        if char == "'":
            inside = not inside
            word += char
        elif char == " " and not inside:
            words.append(word)
            word = ""
        else:
            word += char
    if inside:
        raise Strange("a quote that nobody closes")
    words.append(word)
    if "" in words:
        raise Strange("two blanks")
    return [one[1:-1] if one[:1] == one[-1:] == "'" and len(one) > 1 else one for one in words]


# What each api command takes: how many words, beside the name.
_API = {
    "version": (0, 0),
    "global_getvar": (1, 1),
    "status": (0, 0),
    "strepoch": (0, 0),
    "module_exists": (1, 1),
    "sofia": (3, 4),
    "uuid_break": (1, 2),
    "uuid_kill": (1, 2),
    "uuid_bridge": (2, 2),
    "uuid_exists": (1, 1),
    "uuid_getvar": (2, 2),
    "uuid_setvar_multi": (2, 2),
    "uuid_record": (3, 3),
    "uuid_dump": (2, 2),
    "file_exists": (1, 1),
    "xml_locate": (4, 4),
    "avmd": (2, 2),
    "show": (3, 3),
    "sched_del": (1, 1),
    "lua": (2, 103),
    "sched_api": (6, 6),
    "sched_hangup": (3, 3),
    "hash": (1, 1),
}


def _api(text: str) -> tuple[Any, ...]:
    name, *words = _cut(text)
    least, most = _API.get(name, (1, 0))
    if not least <= len(words) <= most:
        raise Strange(f"the api command {name} with {len(words)} words")
    if name == "sched_api":
        # hupall with an empty value hangs up every call of the switch
        when, group, command, cause, variable, value = words
        if not (when[0] == "+" and set(when[1:]) <= DIGITS and command == "hupall" and value and cause and group):
            raise Strange("another timer")
        return "timer", int(when[1:]), group, cause, variable, value
    if name == "xml_locate" and words != ["configuration", "configuration", "name", "switch.conf"]:
        raise Strange("another part of the configuration")  # passwords are in others
    if name == "lua":
        if words[0] != "oklik.lua":
            raise Strange("another script")
        return "guard", *words[1:]
    if name == "hash":
        verb, *keys = words[0].split("/")
        if len(keys) != {"insert_ifempty": 3, "delete_ifmatch": 3, "select": 2}.get(verb) or "" in keys:
            raise Strange("another use of the store")
        return name, verb, *keys
    if name == "uuid_setvar_multi":
        return name, words[0], _pairs(words[1], ";")
    return name, *words


def _background(text: str, headers: dict[str, str]) -> tuple[Any, ...]:
    found = _api(text)
    if found == ("guard", "purge"):
        if headers:
            raise Strange("headers on a command that has none")
        return ("bgapi", *found)
    if found[:2] != ("guard", "dial") or set(headers) != {"Job-UUID"}:
        raise Strange("another command in the background")
    return "dial", headers["Job-UUID"], *_dial(list(found[2:]))


def _placed(lines: list[str]) -> tuple[Any, ...]:
    """A call without the guard: the braces round the variables are ours, and nothing else has a meaning."""
    argument = lines[0].removeprefix("bgapi originate ")
    rest = argument.removeprefix("{").replace("}", "", 1) + "\n" + "\n".join(lines[1:])
    for one in MEANINGFUL:
        if one in rest:
            raise Strange(f"{one!r} has a meaning")
    headers = _headers(lines[1:])
    if set(headers) != {"Job-UUID"}:
        raise Strange("other headers")
    return "originate", headers["Job-UUID"], *originate(argument)


def _dial(words: list[str]) -> tuple[Any, ...]:
    """The guard's arguments, and what originate makes of what the guard makes of them."""
    every_key = len(words) == 8 and words[7] == "keys"
    if len(words) != 7 + every_key:
        raise Strange(f"{len(words)} arguments")
    uuid, epoch, node, ring, limit, caller, endpoint = words[:7]
    variables = [
        f"origination_uuid={uuid}",
        f"originate_timeout={ring}",
        "ignore_early_media=true",
        "outbound_redirect_fatal=true",
        "park_after_bridge=true",
        "hangup_after_bridge=false",
        "app_disable_expand_variables=true",
        "playback_terminators=none",
        f"oklik_node={node}",
    ]
    if caller != "-":
        variables += [f"origination_caller_id_number={caller}", f"origination_caller_id_name={caller}"]
    if every_key:
        variables += ["dtmf_type=rfc2833", "rtp_liberal_dtmf=true"]
    call = originate("{" + ",".join(variables) + "}" + endpoint + " &park()")
    return epoch, limit, *call


def originate(argument: str) -> tuple[frozenset[tuple[str, str]], tuple[str, ...], str]:
    """Variables, legs, application.  Raises Strange."""
    block, closed, rest = argument[1:].partition("}")
    if argument[:1] != "{" or not closed or set("{}[]<>'\\") & set(block + rest.replace("&park()", "", 1)):
        raise Strange("braces or quotes")
    variables = _pairs(block, ",")
    words = rest.split(" ")
    if len(words) != 2 or words[0].lower() == "undef":
        raise Strange(f"{len(words)} words")
    legs = tuple(leg for group in words[0].split("|") for leg in group.split(","))
    return variables, legs, words[1]


def _pairs(text: str, separator: str) -> frozenset[tuple[str, str]]:
    found: dict[str, str] = {}
    for one in text.split(separator):
        name, sign, value = one.partition("=")
        if not name or not sign or not value or "=" in value or name in found:
            raise Strange(f"the variable {one!r}")
        found[name] = value
    return frozenset(found.items())


_EXECUTE = ("call-command", "execute-app-name", "execute-app-arg", "Event-UUID", "event-lock")


def _execution(uuid: str, headers: dict[str, str]) -> tuple[Any, ...]:
    names = [name for name in _EXECUTE if name != "execute-app-arg" or headers.get("execute-app-name") != "answer"]
    if " " in uuid or list(headers) != names:
        raise Strange("other headers")
    if headers["call-command"] != "execute" or headers["event-lock"] != "true":
        raise Strange("another message")
    application, argument = headers["execute-app-name"], headers.get("execute-app-arg", "")
    return "execute", uuid, headers["Event-UUID"], application, _argument(application, argument)


def _argument(application: str, text: str) -> Any:
    match application:
        case "answer" | "avmd_start" | "start_dtmf":
            if text:
                raise Strange("an argument")
            return ()
        case "playback":
            return sound(text)
        case "set":
            return _pairs(text, "\n")
        case "multiset":
            if not text.startswith(SEPARATOR):
                raise Strange("another separator")
            return _pairs(text.removeprefix(SEPARATOR), ";")
        case "record":
            path, *numbers = _cut(text)
            if len(numbers) not in {1, 3}:
                raise Strange(f"{len(numbers)} numbers")
            return sound(path), *map(_number, numbers)
        case "play_and_get_digits":
            words = _cut(text)
            if len(words) != 10 or words[6] != "":
                raise Strange(f"{len(words)} words")
            low, high, tries, wait, ends, what, _, variable, allowed, between = words
            if allowed[:2] != "^[" or allowed[-3:] != "]+$":
                raise Strange("another pattern")
            files = () if what == "silence" else sound(what)
            return (*map(_number, (low, high, tries, wait, between)), ends, files, variable, allowed[2:-3])
    raise Strange(f"the application {application!r}")


def sound(text: str) -> tuple[str, ...]:
    """The files that are played; a name that chooses a module of the switch is none.  Raises Strange."""
    files = tuple(text.removeprefix("file_string://").split("!")) if text.startswith("file_string://") else (text,)
    for file in files:
        if "://" in file or file[:1] != "/" or " " in file or not is_file(file):
            raise Strange(f"the file {file!r}")
    return files


def _number(text: str) -> int:
    if not text or set(text) - DIGITS or (text[0] == "0" and len(text) > 1):
        raise Strange(f"the number {text!r}")
    return int(text)


# -- what may stand in a field, said once more ------------------------------------------------------------------------


def is_uuid(text: str) -> bool:
    """In its usual form, in small letters."""
    parts = text.split("-")
    return [len(one) for one in parts] == [8, 4, 4, 4, 12] and not set("".join(parts)) - HEX


def is_word(text: str, most: int, others: str = "", first: str = "") -> bool:
    """Letters and digits of ASCII and these others; first: which of them may begin it."""
    return 1 <= len(text) <= most and not set(text) - ALNUM - set(others) and text[0] in ALNUM | set(first)


def is_caller(text: str) -> bool:
    """Digits, with or without a plus."""
    digits = text[1:] if text[:1] == "+" else text
    return 1 <= len(digits) <= 15 and not set(digits) - DIGITS


def is_file(text: str) -> bool:
    """An absolute path of a wav file, with no step up and no empty one; the file's own name is the plainest."""
    root, *steps = text.split("/")
    if root or not steps or not steps[-1].endswith(".wav"):
        return False
    stem = steps.pop()[:-4]
    if not 1 <= len(stem) <= 100 or set(stem) - ALNUM - {"_", "-"}:
        return False
    return all(
        1 <= len(step) <= 100 and step not in {".", ".."} and not set(step) - ALNUM - set("_.+=@-") for step in steps
    )


def is_endpoint(text: str) -> bool:
    """One leg to one person: over a gateway, over a profile to a host, or a user of the switch.

    Not loopback or group (the dialplan decides what follows), not error, not an application.
    """
    steps = text.split("/")
    user = steps[-1]
    if steps[:2] == ["sofia", "gateway"]:
        return len(steps) == 4 and is_word(steps[2], 64, "_.-", "_.-") and is_word(user, 64, "_.+-", "+")
    if steps[0] == "sofia":
        name, at, host = user.partition("@")
        return (
            len(steps) == 3
            and bool(at)
            and steps[1].lower() != "gateway"
            and is_word(steps[1], 64, "_-", "_-")
            and _is_far(name, host)
        )
    if steps[0] == "user":
        name, at, host = user.partition("@")
        return len(steps) == 2 and (_is_far(name, host) if at else is_word(name, 64, "_.+-", "+"))
    return False


def _is_far(name: str, host: str) -> bool:
    where, colon, port = host.partition(":")
    return (
        is_word(name, 64, "_.+-", "+")
        and is_word(where, 254, ".-")
        and where[-1] in ALNUM
        and (not colon or (1 <= len(port) <= 5 and not set(port) - DIGITS))
    )
