"""Units for systemd: the service, hardened as far as its work allows, and a backup each night.

The service ends in peace: systemd tells the main process alone, that one stops its children in the order of their need
for each other, and is given as long as the longest call and all of that may take.
"""

import pwd
import re
import shlex
import sys
from pathlib import Path

from oklik.crew import LEAVE_S, MAX_S
from oklik.failures import BadInput
from oklik.messages import why
from oklik.store.postgres import STOP_SECONDS

# talks end, then web, jobs, dialer and switch are waited for one after another, and the database shuts down
STOP_S = round(MAX_S + 4 * LEAVE_S + 2 * STOP_SECONDS)
KEEP = 14
_PLAIN = re.compile(r"/[A-Za-z0-9_.+@/-]+")  # what needs no quoting in a unit
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")

_HARDENED = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome={protect_home}
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# RestrictSUIDSGID stays off: folders of recordings hand their group down to the switch's files (setgid)
"""
_SERVICE = """\
[Unit]
Description=Oklik: voice campaigns on FreeSWITCH
Documentation=file:{docs}
Wants=network-online.target
After=network-online.target time-sync.target postgresql.service freeswitch.service
StartLimitIntervalSec=0

[Service]
Type=exec
User={user}
Environment=OKLIK_HOME={home}
EnvironmentFile=-{environment}
ExecStart={python} -m oklik up
WorkingDirectory={home}
Restart=on-failure
RestartSec=5
# SIGTERM goes to the main process alone: it stops its children in order, and calls that are up end in peace
KillMode=mixed
TimeoutStopSec={stop}
LimitNOFILE=65536

{hardened}
[Install]
WantedBy=multi-user.target
"""
_BACKUP = """\
[Unit]
Description=Backup of Oklik
Documentation=file:{docs}
After=oklik.service

[Service]
Type=oneshot
User={user}
Environment=OKLIK_HOME={home}
EnvironmentFile=-{environment}
ExecStart={python} -m oklik backup {home}/backups --keep {keep}
WorkingDirectory={home}
# a database that was started by the backup and is used by the service by then must outlive it
KillMode=process
Nice=10
IOSchedulingClass=idle

{hardened}"""
_TIMER = """\
[Unit]
Description=Backup of Oklik each night

[Timer]
OnCalendar=*-*-* 03:30:00
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(
    *, user: str, home: Path, environment: Path, writable: tuple[Path, ...] = (), read: tuple[Path, ...] = ()
) -> dict[str, str]:
    """Give the units by their file names.

    writable: folders besides the home.  read: what must not be hidden from the service.  Raises BadInput.
    """
    if not _USER.fullmatch(user) or user == "root":
        raise BadInput("systemd_user", user=user)
    python = Path(sys.executable)
    for path in (home, environment, python, *writable):
        if not _PLAIN.fullmatch(str(path)) or ".." in path.parts:
            raise BadInput("systemd_path", path=path)
    within = any(
        path.is_relative_to(root)
        for path in (home, python, *writable, *read)
        for root in (Path("/home"), Path("/root"))
    )
    values = {
        "user": user,
        "home": home,
        "environment": environment,
        "python": python,
        "docs": Path(__file__).resolve().parents[2] / "docs" / "operations.md",
        "stop": STOP_S,
        "keep": KEEP,
    }
    hardened = _HARDENED.format(writable=" ".join(map(str, (home, *writable))), protect_home="no" if within else "yes")
    return {
        "oklik.service": _SERVICE.format(**values, hardened=hardened),
        "oklik-backup.service": _BACKUP.format(**values, hardened=hardened),
        "oklik-backup.timer": _TIMER,
    }


def read_environment(file: Path) -> dict[str, str]:
    """Give the variables of an EnvironmentFile; none where there is no such file yet.  Raises BadInput."""
    try:
        text = file.read_text("utf-8").replace("\\\n", "")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadInput("unreadable", option="--environment ", path=file, why=why(error)) from None
    except UnicodeDecodeError:
        raise BadInput("systemd_environment", path=file) from None
    found = {}
    for line in map(str.strip, text.splitlines()):
        name, sign, value = line.partition("=")
        if not sign or line.startswith(("#", ";")):
            continue
        try:
            found[name.strip().upper()] = " ".join(shlex.split(value))
        except ValueError:
            raise BadInput("systemd_environment", path=file) from None
    return found


def write(folder: Path, found: dict[str, str]) -> list[Path]:
    """Write units into a folder; those that are there are replaced.  Raises BadInput."""
    paths = [folder / name for name in found]
    try:
        for path in paths:
            part = path.with_name(f".{path.name}.part")
            part.write_text(found[path.name], "utf-8")
            part.chmod(0o644)
            part.replace(path)
    except OSError as error:
        raise BadInput("disk", path=folder, why=why(error)) from None
    return paths


def is_user(name: str) -> bool:
    """Say whether the machine has such a user."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
