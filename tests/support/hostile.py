"""Files made to do harm, and a small process that sends each to the application and says what it cost.

    python -m support.hostile DATABASE_URL TOKEN FOLDER  < {"list": ["a.xlsx", …], "prompt": […], …}

Prints JSON: kind/file -> [status, sentence in Russian, in English, seconds of processor, KB at the peak].  In a process
of its own, for the peak of the tests' own is that of whatever ran before.
"""

import io
import json
import re
import resource
import sys
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{_MAIN}">{{}}<sheetData>{{}}</sheetData></worksheet>'


def book(sheet: str, **more: str | bytes) -> bytes:
    """A workbook that is sound but for its one sheet, and more parts by name."""
    sound, file = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(sound) as workbook:
        workbook.add_worksheet("S")
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member in old.namelist():
            archive.writestr(member, sheet if member == "xl/worksheets/sheet1.xml" else old.read(member))
        for name, content in more.items():
            archive.writestr(name, content)
    return file.getvalue()


def cell(at: str, text: str) -> str:
    """A row with one cell."""
    row = "".join(filter(str.isdigit, at))
    return f'<row r="{row}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _laughs() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    return '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + entities + "]>" + SHEET.format("", cell("A1", "&a8;"))


def _wide(dimension: str) -> str:
    return SHEET.format(f'<dimension ref="{dimension}"/>', cell("A1", "x") + cell("XFD1048576", "y"))


def _nested() -> bytes:
    """A bomb in an archive in an archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * (30 << 20))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("list.xlsx", inner.getvalue())
    return outer.getvalue()


LISTS: dict[str, Callable[[], bytes]] = {
    "bomb.xlsx": lambda: book(SHEET.format("", cell("A1", "x" * (120 << 20)))),
    "many.xlsx": lambda: book(SHEET.format("", ""), **{f"xl/{n}.xml": "" for n in range(6000)}),
    "corners.xlsx": lambda: book(_wide("A1:XFD1048576")),
    "entity.xlsx": lambda: book(
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHEET.format("", cell("A1", "&a;"))
    ),
    "laughs.xlsx": lambda: book(_laughs()),
    "nested.xlsx": _nested,
    "cut.xlsx": lambda: book(SHEET.format("", cell("A1", "x")))[:-40],
    "picture.xlsx": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 5000,
    "program.csv": lambda: b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 400,
    "page.xls": lambda: b"<html><script>1</script></html>",
    "one-line.csv": lambda: b"x" * (99 << 20),
    "quote.csv": lambda: b'"' + b"x;" * (30 << 20),
    "columns.csv": lambda: b";".join(b"c%d" % n for n in range(200_000)) + b"\n",
    "nulls.csv": lambda: b"\0" * (20 << 20),
    "too-large.csv": lambda: b"79161234567\n" * (9 << 20),
    "empty.csv": lambda: b"",
}


def _wav(seconds_told: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(b"\0\0" * 8000)
    told = bytearray(file.getvalue())
    told[40:44] = (seconds_told * 16000 & 0xFFFFFFFF).to_bytes(4, "little")
    return bytes(told)


SOUNDS: dict[str, Callable[[], bytes]] = {
    "list.m3u8": lambda: b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "address.mp3": lambda: b"ID3\x03\0\0\0\0\0\0#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x\n",
    "concat.ogg": lambda: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "cue.wav": lambda: b'FILE "/etc/passwd" WAVE\n  TRACK 01 AUDIO\n',
    "ten-hours.wav": lambda: _wav(36_000),
    "page.wav": lambda: b"RIFF\x10\0\0\0WAVE<html><script>1</script></html>",
    "archive.mp3": lambda: b"\xff\xfb\x90\x64" + _nested(),
    "cut.mp3": lambda: b"\xff\xfb\x90\x64" + b"\0" * 200,
    "cut.ogg": lambda: b"OggS\0\x02" + b"\0" * 20 + b"\x01\x1e\x01vorbis",
    "large.wav": lambda: b"RIFF\0\0\0\0WAVE" + b"\0" * (21 << 20),
    "name.wav": lambda: b"PK\x03\x04" + b"\0" * 100,
}
TEXTS: dict[str, Callable[[], bytes]] = {
    "anchors.yaml": lambda: b"a: &a [x,x,x,x,x,x,x,x,x]\nb: [*a,*a,*a]\n",
    "laughs.yaml": lambda: b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1) if n else b"x"] * 9)) for n in range(12)
    ),
    "tag.yaml": lambda: b'!!python/object/apply:os.system ["touch /tmp/hit"]\n',
    "new.yaml": lambda: b"!!python/object/new:subprocess.Popen [[id]]\n",
    "deep.yaml": lambda: b"[" * 20_000,
    "deep.json": lambda: b'{"a":' * 20_000,
    "many.yaml": lambda: b"- 1\n" * 200_000,
    "digits.json": lambda: b'{"a": ' + b"9" * 900_000 + b"}",
}
KINDS = {"list": LISTS, "numbers": LISTS, "prompt": SOUNDS, "scenario": TEXTS}


def _send(api: Any, kind: str, path: Path, language: str) -> tuple[int, str]:
    """One upload: its status and the sentence."""
    if kind == "scenario":
        answer = api.post("/scenarios/import", {"text": path.read_text("utf-8")}, Accept_Language=language)
        problems = answer.json.get("problems")
        if answer.status_code == 200 and problems and answer.json["document"] is None:
            return 422, str(problems[0]["sentence"])
        return answer.status_code, str(answer.json.get("detail", ""))
    place = {"list": "/list-imports", "numbers": "/stop-list/import", "prompt": "/prompts/upload"}[kind]
    with path.open("rb") as file:
        form: dict[str, Any] = {"file": (file, path.name)}
        if kind == "prompt":
            form |= {"key": "hostile", "language": "ru"}
        answer = api.client.post(f"/api/v1{place}", data=form, headers=api.headers({"Accept-Language": language}))
    told = answer.json or {}
    return answer.status_code, str(told.get("detail") or told)[:300]


def _cost() -> tuple[float, int]:
    """Seconds of processor so far, and KB at the peak since the last question: of this process and what it started."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # Not ru_maxrss of our own: what started us has left its peak there.
    (peak,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    return sum(one.ru_utime + one.ru_stime for one in (own, children)), max(int(peak), children.ru_maxrss)


def main(url: str, token: str, folder: str) -> None:
    """Send what standard input names."""
    from oklik.store.engine import make_engine
    from oklik_web.app import create_app
    from oklik_web.settings import WebSettings
    from web.conftest import Api

    settings = WebSettings(requests=10**6, prompts=f"{folder}/prompts", recordings=f"{folder}/recordings")
    app = create_app(make_engine(url, pool_size=2), settings)
    api = Api(app.test_client(), token)
    told: dict[str, Any] = {}
    for kind, names in json.load(sys.stdin).items():
        for name in names:
            path = Path(folder) / "made" / name
            before, _ = _cost()
            status, russian = _send(api, kind, path, "ru")
            after, peak = _cost()
            _, english = _send(api, kind, path, "en") if path.stat().st_size < 1 << 20 else (0, "")
            told[f"{kind}/{name}"] = [status, russian, english, after - before, peak]
    json.dump(told, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
