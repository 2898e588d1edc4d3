"""How FreeSWITCH cuts an argument into words (switch_separate_string) and undoes escapes.

Quotes keep a delimiter inside a word and are taken away; a backslash before a quote, the delimiter or itself is taken
away; \\n \\r \\t \\s are interpreted.  One level is removed at each cut, and originate cuts three times.
"""

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "'": "'", '"': '"', "\\": "\\"}


def split(text: str, delimiter: str) -> list[str]:
    """The words of `text`.  For blanks runs count once; for other delimiters empty words are kept."""
    if "\\" not in text and "'" not in text:
        if delimiter == " ":
            return [word for word in text.split(" ") if word]
        return [word.strip(" ") for word in text.split(delimiter)] if text else []
    words: list[str] = []
    position, length = 0, len(text)
    while position < length:
        if delimiter == " ":
            while position < length and text[position] == " ":
                position += 1
            if position >= length:
                break
        start, quoted = position, False
        while position < length:
            char = text[position]
            if char == "\\" and position + 1 < length:
                position += 2
                continue
            if char == "'" and (quoted or delimiter == " " or "'" in text[position + 1 :]):
                quoted = not quoted  # a lone quote opens only between blanks: there it swallows the rest
            elif char == delimiter and not quoted:
                break
            position += 1
        words.append(clean(text[start : min(position, length)], delimiter))
        position += 1
        if position == length and delimiter != " " and text[-1] == delimiter:
            words.append("")
    return words


def clean(word: str, delimiter: str = "") -> str:
    """Take quotes and one level of escapes away."""
    if "\\" not in word and "'" not in word:
        return word.strip(" ")
    word = word.strip(" ")
    out: list[str] = []
    position, quoted = 0, False
    while position < len(word):
        char = word[position]
        following = word[position + 1 : position + 2]
        if char == "\\" and following:
            if following in _ESCAPES or following == delimiter:
                out.append(_ESCAPES.get(following, following))
                position += 2
                continue
        elif char == "'" and (quoted or "'" in word[position + 1 :]):
            quoted = not quoted
            position += 1
            continue
        out.append(char)
        position += 1
    return "".join(out)
