"""Small servers that say the same to everybody."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


def http(status: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@contextmanager
def answering(answer: bytes, places: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """A server that gives this answer to everything but what is asked at one of the `places`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(5)
            asked = b""
            while b"\r\n\r\n" not in asked and (more := self.request.recv(65536)):
                asked += more
                if more.startswith(b"\x16"):
                    break  # a handshake of TLS
            place = asked.partition(b" ")[2].partition(b" ")[0].decode("latin-1")
            self.request.sendall((places or {}).get(place, answer))
            # closed at once, what has not been read yet would take the answer with it
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_WR)
                while self.request.recv(65536):
                    pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
