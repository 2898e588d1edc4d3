"""Units for systemd: well formed, hardened, with time for calls to end."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from oklik.crew import LEAVE_S, MAX_S
from oklik.failures import BadInput
from oklik.systemd_units import units
from support.command import Workshop

WORST = 3.0  # of 10, by systemd's own count of what a service could do if it were taken over
ANALYZE = shutil.which("systemd-analyze")


@pytest.fixture
def written(tmp_path: Path, workshop: Workshop) -> Path:
    ended = workshop.command("systemd", tmp_path, home=Path("/var/lib/oklik"), OKLIK_LANGUAGE="en")
    assert ended.code == 0, ended.err
    assert "systemctl enable --now oklik.service oklik-backup.timer" in ended.out
    return tmp_path


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text())
    return parser


def test_they_say_what_they_should(written: Path) -> None:
    service = read(written / "oklik.service")["Service"]
    assert service["ExecStart"].endswith(" -m oklik up")
    assert service["User"] == "oklik"
    assert service["KillMode"] == "mixed"  # else the database and the dialer are told at the same time
    assert int(service["TimeoutStopSec"]) > MAX_S + LEAVE_S
    assert service["Environment"] == "OKLIK_HOME=/var/lib/oklik"
    backup = read(written / "oklik-backup.service")["Service"]
    assert backup["ExecStart"].endswith(" -m oklik backup /var/lib/oklik/backups --keep 14")
    assert backup["KillMode"] == "process"
    for one in (service, backup):
        assert one["NoNewPrivileges"] == "yes"
        assert one["ProtectSystem"] == "strict"
        assert one["ReadWritePaths"] == "/var/lib/oklik"
        assert one["CapabilityBoundingSet"] == ""
    assert read(written / "oklik-backup.timer")["Timer"]["Persistent"] == "true"


def test_the_file_of_settings_is_believed(tmp_path: Path, workshop: Workshop) -> None:
    """The service knows it, and nothing of the settings of whoever writes the units."""
    told = tmp_path / "oklik.env"
    told.write_text(
        "# OKLIK_HOME=/not/this\n; nor this\nOKLIK_SWITCH_CONF='/etc/freeswitch'\nOKLIK_HOME=\"/srv/oklik\"\n"
        "OKLIK_RECORDINGS=\\\n/home/voice/recorded\nOKLIK_SWITCH_PASSWORD=$a'b c'#\n"
    )
    ours = {"OKLIK_SWITCH_CONF": str(tmp_path / "ours"), "OKLIK_LANGUAGE": "en"}
    ended = workshop.command("systemd", tmp_path, "--environment", told, home=Path("/var/lib/oklik"), **ours)
    assert ended.code == 0, ended.err
    for name in ("oklik.service", "oklik-backup.service"):
        service = read(tmp_path / name)["Service"]
        assert service["ReadWritePaths"] == "/srv/oklik /etc/freeswitch"
        assert service["Environment"] == "OKLIK_HOME=/srv/oklik"
        assert service["ProtectHome"] == "no"  # else nobody hears what is recorded there
    told.write_text("OKLIK_SWITCH_PASSWORD='canary\n")
    ended = workshop.command("systemd", tmp_path, "--environment", told, home=Path("/var/lib/oklik"), **ours)
    assert (ended.code, len(ended.err)) == (2, 1)
    assert str(told) in ended.err[0]
    assert "canary" not in ended.err[0]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong(written: Path) -> None:
    assert ANALYZE is not None
    files = sorted(str(one) for one in written.iterdir())
    found = subprocess.run([ANALYZE, "verify", "--man=no", *files], capture_output=True, text=True, check=False)
    complaints = [line for line in found.stderr.splitlines() if "oklik" in line]
    assert complaints == []
    for name in ("oklik.service", "oklik-backup.service"):
        rated = subprocess.run(
            [ANALYZE, "security", "--offline=true", "--no-pager", str(written / name)],
            capture_output=True,
            text=True,
            check=False,
        )
        if told := re.search(r"Overall exposure level for .*: ([0-9.]+)", rated.stdout):
            assert float(told[1]) <= WORST, rated.stdout


@pytest.mark.parametrize("user", ["root", "", "a b", "Oklik\n", "x;y"])
def test_not_every_user_will_do(user: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--user"):
        units(user=user, home=Path("/var/lib/oklik"), environment=Path("/etc/oklik.env"))


@pytest.mark.parametrize("home", ["relative", "/a b", "/a\nExecStart=/bin/x", "/a%h", "/a/../b", '/a"b', "/a$b"])
def test_a_path_cannot_become_another_line(home: str) -> None:
    with pytest.raises(BadInput):
        units(user="oklik", home=Path(home), environment=Path("/etc/oklik.env"))
