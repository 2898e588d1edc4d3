"""Behind a reverse proxy: X-Forwarded-* is believed when it comes from a proxy that is named, and from nobody else."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix


def behind(app: Any, proxies: Sequence[str]) -> Any:
    """Give the WSGI application that looks at those headers.  proxies: networks or addresses; none: it never does.

    Raises ValueError for what is no network.
    """
    if not proxies:
        return app
    networks = [ip_network(one) for one in proxies]
    fixed = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=0, x_prefix=0)

    def choose(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        believed = _among(str(environ.get("REMOTE_ADDR", "")), networks)
        answer: Iterable[bytes] = (fixed if believed else app)(environ, start_response)
        return answer

    return choose


def _among(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)
