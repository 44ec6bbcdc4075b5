"""Thirty-two clients in a process of their own, so that they do not sit on the loop that is measured.

Reads "PORT PATH SECONDS" a line, asks that path as fast as it is answered, and writes {"count", "errors"}."""

import asyncio
import json
import sys
import time

CLIENTS = 32


class Client(asyncio.Protocol):
    """Asks again as soon as the answer is whole."""

    def __init__(self, request: bytes, end: float) -> None:
        self.count = 0
        self.errors = 0
        self.done = asyncio.get_running_loop().create_future()
        self._request = request
        self._end = end
        self._received = b""
        self._whole = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._whole:
            head, found, _ = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            self._whole = len(head) + 4 + int(length)
            self.errors += not head.startswith(b"HTTP/1.1 200 ")
        if len(self._received) < self._whole:
            return
        self.count += 1
        self._received, self._whole = b"", 0
        if time.perf_counter() >= self._end:
            self._transport.close()
        else:
            self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.errors += time.perf_counter() < self._end
        self.done.set_result(None)


async def load(port: int, path: str, seconds: float) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    began = time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: Client(request, began + seconds), "127.0.0.1", port)
        for _ in range(CLIENTS)
    ]
    clients = [client for _, client in pairs]
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - began
    return {"count": sum(c.count for c in clients) / took, "errors": sum(c.errors for c in clients)}


def main() -> None:
    for line in sys.stdin:
        port, path, seconds = line.split()
        print(json.dumps(asyncio.run(load(int(port), path, float(seconds)))), flush=True)


if __name__ == "__main__":
    main()
