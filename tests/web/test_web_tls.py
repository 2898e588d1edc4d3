"""https: a certificate of this machine's own or of somebody's, and what is wrong with one in words."""

import datetime as dt
import http.client
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from oklik.config import Settings
from oklik.failures import BadInput
from oklik.tls import HOLDS, RENEW, certificate_for
from support.stage import Process

pytestmark = pytest.mark.integration

NOW = dt.datetime.now(dt.UTC)


def settings(home: Path, certificate: Path | None = None, key: Path | None = None) -> Settings:
    return Settings(home=home, tls=True, tls_certificate=certificate, tls_key=key)


def test_it_serves_https_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    files = certificate_for(settings(tmp_path), "127.0.0.1", NOW)
    assert files.own
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    told = {"database_url": "postgresql://127.0.0.1:1/none", "port": 0, "body_bytes": 1000}
    told |= {"certificate": str(files.certificate), "key": str(files.key)}
    process = Process(["oklik_web"], tmp_path / "web.log", told)
    try:
        port = process.said["port"]
        trusting = ssl.create_default_context(cafile=str(files.certificate))
        for host in ("127.0.0.1", "localhost"):
            connection = http.client.HTTPSConnection(host, port, context=trusting, timeout=30)
            connection.request("GET", "/api/v1/texts/shell")
            assert connection.getresponse().status == 200
            connection.close()
        stranger = http.client.HTTPSConnection("127.0.0.1", port, context=ssl.create_default_context(), timeout=30)
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/")
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        plain.request("GET", "/")
        with pytest.raises((http.client.HTTPException, OSError)):
            plain.getresponse()
    finally:
        process.signal(15)
        assert process.wait(30) == 0
        process.end()
    assert "Traceback" not in (tmp_path / "web.log").read_text()


def test_its_own_is_kept_until_it_ends_soon_or_lacks_a_name(tmp_path: Path) -> None:
    def serial(host: str, now: dt.datetime) -> int:
        files = certificate_for(settings(tmp_path), host, now)
        return x509.load_pem_x509_certificate(files.certificate.read_bytes()).serial_number

    first = serial("127.0.0.1", NOW)
    assert serial("127.0.0.1", NOW + HOLDS - RENEW - dt.timedelta(days=1)) == first
    assert serial("127.0.0.1", NOW + HOLDS - RENEW) != first
    second = serial("192.0.2.10", NOW)
    assert serial("127.0.0.1", NOW) == second, "it names more than is needed"
    (tmp_path / "tls" / "key.pem").write_text("no key")
    assert serial("127.0.0.1", NOW) != second


def test_what_is_wrong_with_somebodys_files_is_told(tmp_path: Path) -> None:
    mine = certificate_for(settings(tmp_path / "a"), "127.0.0.1", NOW)
    other = certificate_for(settings(tmp_path / "b"), "127.0.0.1", NOW)
    assert not certificate_for(settings(tmp_path, mine.certificate, mine.key), "127.0.0.1", NOW).own
    missing, text = tmp_path / "nothing.pem", tmp_path / "text.pem"
    text.write_text("this is no certificate")
    for certificate, key, told in (
        (mine.certificate, None, "--key"),
        (None, mine.key, "--certificate"),
        (missing, mine.key, "nothing.pem"),
        (text, mine.key, "text.pem"),
        (mine.certificate, other.key, "PEM"),
    ):
        with pytest.raises(BadInput) as error:
            certificate_for(settings(tmp_path, certificate, key), "127.0.0.1", NOW)
        assert told in error.value.text("ru")
        assert told in error.value.text("en")
