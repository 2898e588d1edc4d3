"""The certificate of the web process: files of one's own, or one that this machine makes and signs itself.

A self-signed one names this machine's names and addresses; it is made anew before it ends or when they change.  Its
key never leaves the folder of the installation.
"""

import datetime as dt
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from oklik.config import Settings
from oklik.failures import BadInput

HOLDS = dt.timedelta(days=825)  # what the strictest of browsers and systems accept
RENEW = dt.timedelta(days=30)


class Certificate(NamedTuple):
    """Files in PEM.  own: made here."""

    certificate: Path
    key: Path
    own: bool


def certificate_for(settings: Settings, host: str, now: dt.datetime) -> Certificate:
    """Give the files to serve with; makes them where none are set.  host: where it listens.  Raises BadInput."""
    given = settings.tls_certificate, settings.tls_key
    if given == (None, None):
        return _own(settings.home / "tls", names_of(host), now)
    if given[0] is None or given[1] is None:
        raise BadInput("tls_pair")
    files = Certificate(given[0].absolute(), given[1].absolute(), own=False)
    for file in files[:2]:
        if not os.access(file, os.R_OK):
            raise BadInput("tls_unreadable", path=file)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError):
        raise BadInput("tls_unfit", certificate=files.certificate, secret=files.key) from None
    return files


def names_of(host: str) -> list[str]:
    """Give the names and addresses by which this machine is asked."""
    found = {"localhost", "127.0.0.1", "::1", socket.gethostname(), socket.getfqdn(), *addresses()}
    if host not in {"0.0.0.0", "::"}:  # noqa: S104  not listened on: compared
        found.add(host)
    return sorted(one for one in found if one and len(one) < 64)


def addresses() -> list[str]:
    """Give this machine's addresses in its networks, the one it goes out by first.  Nothing is sent."""
    found = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
            except OSError:
                continue
            found.append(str(probe.getsockname()[0]))
    return found


def _no_password() -> str:
    raise ValueError("the key has a password")


def _own(folder: Path, names: list[str], now: dt.datetime) -> Certificate:
    files = Certificate(folder / "certificate.pem", folder / "key.pem", own=True)
    if not _good(files, names, now):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(files, names, now)
    return files


def _good(files: Certificate, names: Iterable[str], now: dt.datetime) -> bool:
    """Whether there is one that names all of these and does not end soon."""
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key, password=_no_password)
    except (OSError, ValueError, ssl.SSLError):
        return False
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(one.value) for one in held}
    return set(names) <= known and found.not_valid_after_utc > now + RENEW


def _make(files: Certificate, names: list[str], now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Oklik")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # another machine's clock may be late
        .not_valid_after(now + HOLDS)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files.key.unlink(missing_ok=True)
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _name(one: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(one))
    except ValueError:
        return x509.DNSName(one)
