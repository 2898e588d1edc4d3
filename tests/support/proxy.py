"""A TCP proxy between the dialer and the switch that can break what goes through it."""

import contextlib
import selectors
import socket
import threading


class Proxy:
    """Listens on a free port of loopback and passes everything on; `cut` breaks all connections with a reset."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._open = True
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while self._open:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._pairs.append((near, far))
            thread = threading.Thread(target=self._pump, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    @staticmethod
    def _pump(near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        try:
            with selectors.DefaultSelector() as selector:
                for end in other:
                    selector.register(end, selectors.EVENT_READ)
                while True:
                    for key, _ in selector.select():
                        source = key.fileobj
                        assert isinstance(source, socket.socket)
                        data = source.recv(65536)
                        if not data:
                            return
                        other[source].sendall(data)
        except (OSError, ValueError):
            return  # cut
        finally:
            for end in other:
                end.close()

    def cut(self) -> None:
        """Break every connection at once."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):  # broken already
                    end.shutdown(socket.SHUT_RDWR)
        self.cuts += 1

    def close(self) -> None:
        """Stop listening and break everything."""
        self._open = False
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)
