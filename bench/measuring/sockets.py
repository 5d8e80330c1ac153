"""
Load over WebSockets, in a process of its own and as cheap as can be: the same frame again and again, so many at a time on each socket, and no look at an
answer beyond its status. Prints what it counted as JSON.

    python3 sockets.py PORT SOCKETS IN_FLIGHT SECONDS < BODY     posts
    python3 sockets.py PORT SOCKETS idle                         opens, says so, and holds them until its input ends
"""

import base64
import json
import os
import selectors
import socket
import struct
import sys
import time

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MASK = b"\0\0\0\0"  # A mask of zeros masks nothing, so that a frame is made once.
ANSWERED = b'"headers": {"status": 201}}'


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0xFE, size) if size < 1 << 16 else struct.pack("!BQ", 0xFF, size)
    return bytes([0x80 | opcode]) + length + MASK + payload


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall((f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(1)
    if not answer.startswith(b"HTTP/1.1 101"):
        raise SystemExit(f"no WebSocket: {answer.decode()}")
    return connection


class Poster:
    """One socket: as many requests in flight as it may have, until the time is over."""

    def __init__(self, connection: socket.socket, request: bytes, in_flight: int):
        self.connection, self._request, self._unread = connection, request, b""
        self.answered = self.refused = 0
        self.waiting = 0
        self._send(in_flight)

    def read(self, goes_on: bool) -> None:
        data = self.connection.recv(1 << 18)
        if not data:
            raise SystemExit("the service hung up")
        unread, at, taken = self._unread + data, 0, 0
        while len(unread) - at >= 2:
            head, size, start = unread[at], unread[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(unread[at + 2:at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(unread[at + 2:at + 10], "big"), at + 10
            end = start + size
            if len(unread) < end:
                break
            if head & 0xF == TEXT:
                taken += 1
                if unread[end - len(ANSWERED):end] == ANSWERED:
                    self.answered += 1
                else:
                    self.refused += 1
            elif head & 0xF == PING:
                self.connection.sendall(frame(PONG, unread[start:end]))
            elif head & 0xF == CLOSE:
                raise SystemExit("the service said goodbye")
            at = end
        self._unread = unread[at:]
        self.waiting -= taken
        if goes_on and taken:
            self._send(taken)

    def _send(self, count: int) -> None:
        self.waiting += count
        self.connection.sendall(self._request * count)


def post(port: int, sockets: int, in_flight: int, seconds: int, body: bytes) -> None:
    request = frame(TEXT, body)
    selector = selectors.DefaultSelector()
    posters = [Poster(connect(port), request, in_flight) for _ in range(sockets)]
    for poster in posters:
        selector.register(poster.connection, selectors.EVENT_READ, poster)

    start = time.monotonic()
    end = start + seconds
    duration = None
    while any(poster.waiting for poster in posters):
        goes_on = time.monotonic() < end
        if not goes_on and duration is None:
            duration, counted = time.monotonic() - start, sum(poster.answered for poster in posters)
        for key, _ in selector.select(30) or sys.exit("no answer for 30 seconds"):
            key.data.read(goes_on)
    print(json.dumps({"requests": counted, "duration": duration * 1e6, "refused": sum(poster.refused for poster in posters),
                      "all": sum(poster.answered for poster in posters)}))


def idle(port: int, sockets: int) -> None:
    held = [connect(port) for _ in range(sockets)]
    print(len(held), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[3] == "idle":
        idle(int(sys.argv[1]), int(sys.argv[2]))
    else:
        post(*(int(argument) for argument in sys.argv[1:5]), sys.stdin.buffer.read())
