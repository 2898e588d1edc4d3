"""A TCP proxy between the driver and a switch, to cut the line, or to let it go silent, at will."""

import socket
import struct

import gevent
from gevent import socket as gsocket
from gevent.server import StreamServer


class Proxy:
    """Forwards to (host, port).  down: new connections are refused service; silent: bytes vanish in both ways."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._pairs: list[tuple[gsocket.socket, gsocket.socket]] = []
        self.down = False
        self.silent = False
        self.accepted = 0
        self.cuts = 0
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.host, self.port = "127.0.0.1", int(self._server.server_port)

    def _serve(self, near: gsocket.socket, _: object) -> None:
        if self.down:
            near.close()
            return
        self.accepted += 1
        far = gsocket.create_connection(self._target)
        self._pairs.append((near, far))
        back = gevent.spawn(self._pump, far, near)
        self._pump(near, far)
        back.join()

    def _pump(self, source: gsocket.socket, sink: gsocket.socket) -> None:
        try:
            while data := source.recv(65536):
                if not self.silent:
                    sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                end.close()

    def cut(self) -> None:
        """Break all connections by RST, as a crashed host does."""
        self.cuts += 1
        pairs, self._pairs = self._pairs, []
        for near, far in pairs:
            for end in (near, far):
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.close()
                except OSError:
                    continue

    def stop(self) -> None:
        """No more."""
        self.cut()
        self._server.stop()
