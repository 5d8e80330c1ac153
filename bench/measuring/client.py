"""A client of the service on one connection: for preparing, checking, and timing single requests."""

import socket
import time
from dataclasses import dataclass
from http.client import HTTPResponse

POSTER = "6f6c0a52-9a0c-4d6a-8a53-0d2f6b1f7a01"
READER = "6f6c0a52-9a0c-4d6a-8a53-0d2f6b1f7a02"
PROJECT = "bench"


class Failed(Exception):
    """A measure came to nothing; the message says why."""


@dataclass(frozen=True)
class Answer:
    body: bytes
    seconds: float  # From the request's first byte sent to the answer's first byte received.


def headers(client_id: str) -> dict[str, str]:
    return {"Client-ID": client_id, "X-Project-ID": PROJECT, "Content-Type": "application/json"}


class Client:
    """Raises OSError when the service cannot be reached."""

    def __init__(self, port: int, client_id: str = POSTER, timeout: float = 60, roles: str = ""):
        sent = headers(client_id) | ({"X-Roles": roles} if roles else {})
        self._head = f"Host: 127.0.0.1:{port}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def call(self, method: str, path: str, body: bytes = b"", expect: int = 200) -> Answer:
        """Raises Failed when the status is not the one expected."""
        request = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body

        # The parser's time is ours, so the clock stops before it runs.
        start = time.perf_counter()
        self._socket.sendall(request)
        self._socket.recv(1, socket.MSG_PEEK)
        seconds = time.perf_counter() - start

        with HTTPResponse(self._socket, method=method) as response:
            response.begin()
            content = response.read()
        if response.status != expect:
            raise Failed(f"{method} {path} answered {response.status}, not {expect}: {content[:200].decode(errors='replace')}")
        return Answer(content, seconds)
