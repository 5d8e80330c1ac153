"""
A subscriber as cheap as can be, in a process of its own: it counts what it is sent, path by path, and times what says when it was sent.

A body may hold `"sent":N`, N being nanoseconds of the machine's monotonic clock. `GET /` tells all counts so far, and the delays since it was last asked.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
SENT = re.compile(rb'"sent": ?(\d+)')

counts: Counter[str] = Counter()
delays: list[int] = []  # Nanoseconds.


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self._transport, self._unread = transport, b""

    def data_received(self, data):
        arrived = time.monotonic_ns()
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head = self._unread[:end]
            length = LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._unread) < whole:
                return
            body, self._unread = self._unread[end + 4:whole], self._unread[whole:]
            method, path, _ = head.split(b" ", 2)
            self._transport.write(self._told() if method == b"GET" else self._taken(path.decode(), body, arrived))

    @staticmethod
    def _taken(path, body, arrived):
        counts[path] += 1
        if sent := SENT.search(body):
            delays.append(arrived - int(sent[1]))
        return ANSWER

    @staticmethod
    def _told():
        told = json.dumps({"counts": counts, "delays": delays}).encode()
        delays.clear()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
