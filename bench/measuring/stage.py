"""What every measure stands on: the running service, how long to measure, and queues of known content."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from client import POSTER, READER, Client, Failed
from load import Requests, http
from service import Service

PER_FILL_REQUEST = 200  # Of 1 KiB each: as many as the API's 256 KiB hold.
FILL_CONNECTIONS = 4


def _body(size: int) -> str:
    """A JSON document of exactly so many bytes, without a character that JSON, Lua or SQL would have to escape."""
    document = {"event": "order.paid", "order": 48151623, "amount": 42.5, "currency": "EUR", "note": ""}
    empty = json.dumps(document)
    return json.dumps(document | {"note": ("All work and no play makes a dull message. " * size)[:size - len(empty)]})


BODY = _body(1024)


def post_body(messages: int) -> bytes:
    # They outlive the run: nothing may expire meanwhile.
    message = f'{{"ttl":86400,"body":{BODY}}}'
    return f'{{"messages":[{",".join([message] * messages)}]}}'.encode()


@dataclass(frozen=True)
class Pace:
    """How thoroughly to measure."""

    warm_up: int  # Seconds of each load before it counts; the compiler rewrites hot code meanwhile.
    window: int  # Seconds of each run.
    runs: int  # The median run is the result.
    depth: int  # Messages in the deep queue.
    pairs: int  # Requests to each of two queues that are compared.


THOROUGH = Pace(warm_up=5, window=10, runs=3, depth=1_000_000, pairs=1_000)
QUICK = Pace(warm_up=2, window=3, runs=1, depth=50_000, pairs=100)


@dataclass(frozen=True)
class Run:
    """One window of load."""

    operations: int
    seconds: float
    p50: float  # Milliseconds of a request.
    p99: float
    service_cpu: float  # Microseconds of an operation.
    postgres_cpu: float

    @property
    def rate(self) -> float:
        return self.operations / self.seconds


class Stage:
    def __init__(self, service: Service, pace: Pace):
        self.service, self.pace = service, pace
        self.raw_limit: float | None = None  # Rows a second, once it is measured.

    def client(self, client_id: str = POSTER, roles: str = "") -> Client:
        return Client(self.service.port, client_id, roles=roles)

    def runs(self, requests: Requests, operations, before=lambda seconds: None) -> list[Run]:
        """
        Warms up, then measures. `operations` tells from wrk's counts how many were done, and raises Failed when something is wrong
        with them; `before` prepares for so many seconds of load.
        """
        def load(seconds: int) -> Run:
            before(seconds)
            with self.service.metered() as cpu:
                counted = http(self.service.port, requests, seconds)
            done = operations(counted)
            return Run(done, counted["duration"] / 1e6, counted["p50"] / 1e3, counted["p99"] / 1e3,
                       cpu.service / done * 1e6, cpu.postgres / done * 1e6)

        load(self.pace.warm_up)
        return [load(self.pace.window) for _ in range(self.pace.runs)]

    def depth(self, *queues: str) -> int:
        """Messages in queues, claimed ones included."""
        return sum(self._stats(queue)["total"] for queue in queues)

    def fill(self, queue: str, free: int) -> None:
        """Posts to a queue until at least so many messages are there to claim."""
        missing = free - self._stats(queue)["free"]
        sizes = [min(PER_FILL_REQUEST, missing - posted) for posted in range(0, missing, PER_FILL_REQUEST)]

        def post(share: list[int]) -> None:
            with self.client() as client:
                for size in share:
                    client.call("POST", f"/v2/queues/{queue}/messages", post_body(size), expect=201)

        with ThreadPoolExecutor(FILL_CONNECTIONS) as pool:
            list(pool.map(post, (sizes[start::FILL_CONNECTIONS] for start in range(FILL_CONNECTIONS))))

    def expect_page(self, queue: str) -> None:
        """Raises Failed unless a listing shows ten messages with the body that was posted."""
        with self.client(READER) as reader:
            messages = json.loads(reader.call("GET", f"/v2/queues/{queue}/messages").body)["messages"]
        if [message["body"] for message in messages] != [json.loads(BODY)] * 10:
            raise Failed(f"a listing of {queue} showed {len(messages)} messages, or other bodies than were posted")

    def _stats(self, queue: str) -> dict[str, int]:
        with self.client() as client:
            return json.loads(client.call("GET", f"/v2/queues/{queue}/stats").body)["messages"]
