"""The measures, in the order in which they run."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import processes
from client import POSTER, PROJECT, READER, Client, Failed
from load import Requests, http, idle_sockets, pgbench, sockets
from postgres import beside
from report import Figure, Goal
from stage import BODY, Pace, Run, Stage, post_body
from subscribers import sink, subscribe, unsubscribe

HOT, DEEP, SHALLOW, CLAIMED, UNCLAIMED = "hot", "deep", "shallow", "claimed", "unclaimed"
TOLD, NOTICED, QUIET, TALK = "told", "noticed", "quiet", "talk"
SPREAD = tuple(f"spread-{number}" for number in range(64))
IN_ONE, IN_TWO, IN_TWO_DATABASES = (tuple(f"{name}-{number}" for number in range(64)) for name in ("one-pool", "two-pools", "two-databases"))

SHALLOW_DEPTH = 1_000
UNDER_CLAIM, BEHIND_CLAIMS = 20_000, 10_000
CLAIM = b'{"ttl":3600,"grace":60}'

# Twice what is reached for: a queue that is filled for so many a second does not run dry.
DELETIONS_PER_SECOND_MAX = 20_000

ROWS_PER_INSERT = 32

IN_FLIGHT = 64  # Over all sockets: as many as the connections of the posts over HTTP beside them.
IDLE_SOCKETS = 2_000

SUBSCRIBERS = 10
POSTING_SECONDS = 1  # Delivering what was posted takes many times as long.
NOTICES_PER_SECOND = 100
SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Measure:
    name: str
    rows: list[tuple[str, Goal]]
    run: Callable[[Stage], list[Figure]]  # A figure a row.


def raw_limit(stage: Stage) -> list[Figure]:
    """PostgreSQL alone, on the same cluster: multi-row inserts over one connection."""
    server = stage.service.server

    def insert(seconds: int) -> tuple[float, float]:
        with stage.service.metered() as cpu:
            rate = ROWS_PER_INSERT * pgbench(server, "raw-limit", "--protocol=prepared", f"--define=body={BODY}", f"--time={seconds}")
        return rate, cpu.postgres / (rate * seconds) * 1e6

    pgbench(server, "raw-limit-create", "--transactions=1")
    try:
        insert(stage.pace.warm_up)
        rate, postgres_cpu = _median([insert(stage.pace.window) for _ in range(stage.pace.runs)], by=lambda run: run[0])
    finally:
        pgbench(server, "raw-limit-drop", "--transactions=1")
    stage.raw_limit = rate
    return [Figure(rate, f"{rate:,.0f} rows/s", postgres_cpu=postgres_cpu)]


def post_hot(stage: Stage) -> list[Figure]:
    run = _median(_post(stage, (HOT,), messages=1, connections=64), by=lambda run: run.rate)
    share = f" ({run.rate / stage.raw_limit:.0%} of the raw limit)" if stage.raw_limit else ""
    return [_rate(run, f"/s{share}")]


def post_spread(stage: Stage) -> list[Figure]:
    return [_rate(_median(_post(stage, SPREAD, messages=1, connections=64), by=lambda run: run.rate), "/s")]


def post_ten(stage: Stage) -> list[Figure]:
    return [_rate(_median(_post(stage, (DEEP,), messages=10, connections=16), by=lambda run: run.rate), " messages/s")]


def post_alone(stage: Stage) -> list[Figure]:
    run = _median(_post(stage, (HOT,), messages=1, connections=1), by=lambda run: run.p50)
    return [Figure(run.p50, f"{run.p50:.2f} ms (p99 {run.p99:.2f} ms)", run.service_cpu, run.postgres_cpu)]


def list_ten(stage: Stage) -> list[Figure]:
    stage.fill(HOT, SHALLOW_DEPTH)
    stage.expect_page(HOT)
    # Another client than the poster: one's own messages are not listed.
    requests = Requests("send", (f"/v2/queues/{HOT}/messages",), connections=64, client_id=READER, method="GET")

    def pages(counted: dict[str, int]) -> int:
        if counted["bytes"] < counted["requests"] * 10 * len(BODY):
            raise Failed("some pages did not hold ten messages")
        return counted["requests"]

    return [_rate(_median(stage.runs(requests, pages), by=lambda run: run.rate), "/s")]


def depth(stage: Stage) -> list[Figure]:
    """The same requests to a deep queue and to a shallow one."""
    stage.fill(DEEP, stage.pace.depth)
    stage.fill(SHALLOW, SHALLOW_DEPTH)
    return _compare(stage, DEEP, SHALLOW)


def under_claim(stage: Stage) -> list[Figure]:
    """The same requests to a queue whose head is under claims, and to one that has none."""
    stage.fill(CLAIMED, UNDER_CLAIM + BEHIND_CLAIMS)
    stage.fill(UNCLAIMED, UNDER_CLAIM + BEHIND_CLAIMS)
    with stage.client() as client:
        for _ in range(UNDER_CLAIM // 20):
            client.call("POST", f"/v2/queues/{CLAIMED}/claims?limit=20", CLAIM, expect=201)
    return _compare(stage, CLAIMED, UNCLAIMED)


def claim_and_delete(stage: Stage) -> list[Figure]:
    before = 0

    def prepare(seconds: int) -> None:
        nonlocal before
        stage.fill(DEEP, DELETIONS_PER_SECOND_MAX * seconds)
        before = stage.depth(DEEP)

    def deleted(counted: dict[str, int]) -> int:
        left = before - stage.depth(DEEP)
        if counted["gone"] > left:
            raise Failed(f"{counted['gone'] - left} claims came back empty: the queue ran dry")
        if counted["claimed"] != 10 * counted["claims"]:
            raise Failed(f"{counted['claims']} claims got {counted['claimed']} messages, not ten each")
        return counted["gone"]

    requests = Requests("claim", (f"/v2/queues/{DEEP}/claims?limit=10",), connections=16, client_id=READER, body=CLAIM)
    return [_rate(_median(stage.runs(requests, deleted, prepare), by=lambda run: run.rate), " messages/s")]


def deliver(stage: Stage) -> list[Figure]:
    """From the first post until the last delivery has arrived."""
    paths = [f"/{TOLD}/{number}" for number in range(SUBSCRIBERS)]
    requests = Requests("send", (f"/v2/queues/{TOLD}/messages",), connections=64, client_id=POSTER, body=post_body(1))
    with sink() as one:
        alone = http(one.port, Requests("send", ("/alone",), SUBSCRIBERS, POSTER, body=post_body(1)), POSTING_SECONDS)
        subscriptions = subscribe(stage, TOLD, [one.url(path) for path in paths])

        def run() -> tuple[float, Figure]:
            before, start = stage.depth(TOLD), time.monotonic()
            with stage.service.metered() as cpu:
                counted = http(stage.service.port, requests, POSTING_SECONDS)
                after = _settled(stage, TOLD)
                one.wait_for(paths, after)
            deliveries, seconds = (after - before) * SUBSCRIBERS, time.monotonic() - start
            if after - before < counted["requests"]:
                raise Failed(f"{counted['requests']} messages were acknowledged, and {after - before} are there")
            rate = deliveries / seconds
            return rate, Figure(rate, f"{rate:,.0f}/s ({deliveries:,} in {seconds:.0f} s; the sink alone takes "
                                f"{alone['requests'] / alone['duration'] * 1e6:,.0f}/s)",
                                cpu.service / deliveries * 1e6, cpu.postgres / deliveries * 1e6)

        run()
        _, figure = _median([run() for _ in range(stage.pace.runs)], by=lambda one: one[0])
        unsubscribe(stage, subscriptions)
    return [figure]


def notice(stage: Stage) -> list[Figure]:
    """Each message says when it was sent, on the clock that the sink reads too."""
    path = f"/{NOTICED}"
    with sink() as one, stage.client() as client:
        subscriptions = subscribe(stage, NOTICED, [one.url(path)])
        posted = 0

        def run(seconds: int) -> list[float]:
            nonlocal posted
            start = time.monotonic()
            for number in range(NOTICES_PER_SECOND * seconds):
                time.sleep(max(0, start + number / NOTICES_PER_SECOND - time.monotonic()))
                body = f'{{"messages":[{{"ttl":86400,"body":{{"sent":{time.monotonic_ns()},"note":{BODY}}}}}]}}'
                client.call("POST", f"/v2/queues/{NOTICED}/messages", body.encode(), expect=201)
            posted += NOTICES_PER_SECOND * seconds
            return sorted(delay / 1e6 for delay in one.wait_for([path], posted))

        run(stage.pace.warm_up)
        delays = _median([run(stage.pace.window) for _ in range(stage.pace.runs)], by=statistics.median)
        unsubscribe(stage, subscriptions)
    p50, p99 = statistics.median(delays), delays[int(len(delays) * 0.99)]
    return [Figure(p50, f"{p50:.1f} ms (p99 {p99:.1f} ms)")]


def relay_cost(stage: Stage) -> list[Figure]:
    """The same posts to a queue that nobody subscribed to, with notifications and without, in turn."""
    once = Stage(stage.service, replace(stage.pace, runs=1))

    def run(enabled: str) -> Run:
        stage.service.stop()
        stage.service.start(Zaqar__Notification__Enabled=enabled)
        return _post(once, (QUIET,), messages=1, connections=64)[0]

    pairs = [(run("true"), run("false")) for _ in range(stage.pace.runs)]
    stage.service.stop()
    stage.service.start()
    on, off = (_median(list(runs), by=lambda run: run.rate) for runs in zip(*pairs))
    cost = (1 - on.rate / off.rate) * 100
    return [Figure(cost, f"{cost:.1f} % ({on.rate:,.0f}/s / {off.rate:,.0f}/s)", on.service_cpu - off.service_cpu, on.postgres_cpu - off.postgres_cpu)]


def sockets_post(stage: Stage) -> list[Figure]:
    """The same posts over one WebSocket, over sixteen, and over HTTP, in turn."""
    request = json.dumps({"action": "message_post", "headers": {"Client-ID": POSTER, "X-Project-ID": PROJECT},
                          "body": {"queue_name": TALK} | json.loads(post_body(1))}).encode()

    def over_sockets(connections: int, seconds: int) -> Run:
        before = stage.depth(TALK)
        with stage.service.metered() as cpu:
            counted = sockets(stage.service.web_socket_port, connections, IN_FLIGHT // connections, seconds, request)
        if stage.depth(TALK) - before != counted["all"]:
            raise Failed(f"{counted['all']} messages were acknowledged, and {stage.depth(TALK) - before} are there")
        return Run(counted["requests"], counted["duration"] / 1e6, 0, 0, cpu.service / counted["all"] * 1e6, cpu.postgres / counted["all"] * 1e6)

    once = Stage(stage.service, replace(stage.pace, runs=1, warm_up=1))
    for connections in (1, 16):
        over_sockets(connections, stage.pace.warm_up)
    rounds = [(over_sockets(1, stage.pace.window), over_sockets(16, stage.pace.window), _post(once, (TALK,), messages=1, connections=IN_FLIGHT)[0])
              for _ in range(stage.pace.runs)]
    one, sixteen, http_run = (_median(list(runs), by=lambda run: run.rate) for runs in zip(*rounds))
    return [_rate(one, f"/s (over HTTP in the same rounds {http_run.rate:,.0f}/s)"), _rate(sixteen, f"/s (over HTTP {http_run.rate:,.0f}/s)")]


def pools(stage: Stage) -> list[Figure]:
    """The same posts to as many queues in one pool, in two on servers of their own, and in two on one server, in turn."""
    service = stage.service
    with beside(service.server, "first") as first, beside(service.server, "second") as second:
        service.servers_beside = [first.pid, second.pid]
        try:
            service.stop()
            service.start(Zaqar__AdminMode="true", Zaqar__Pooling="true")
            with stage.client(roles="admin") as admin:
                _fill_pool(admin, "one", first.uri("one"), IN_ONE)
                _fill_pool(admin, "left", first.uri("left"), IN_TWO[::2])
                _fill_pool(admin, "right", second.uri("right"), IN_TWO[1::2])
                _fill_pool(admin, "upper", first.uri("upper"), IN_TWO_DATABASES[::2])
                _fill_pool(admin, "lower", first.uri("lower"), IN_TWO_DATABASES[1::2])

            def in_turn(pace: Pace) -> list[list[Run]]:
                return [_post(Stage(service, pace), queues, messages=1, connections=64) for queues in (IN_ONE, IN_TWO, IN_TWO_DATABASES)]

            in_turn(replace(stage.pace, runs=0))
            rounds = [in_turn(replace(stage.pace, runs=1, warm_up=1)) for _ in range(stage.pace.runs)]
        finally:
            # A service without pools does not start while queues are in some.
            with stage.client(roles="admin") as admin:
                for pool in "one", "left", "right", "upper", "lower":
                    admin.call("DELETE", f"/v2/pools/{pool}", expect=204)

            # Before the servers go: it would tell of their end as of an outage.
            service.stop()
            service.servers_beside = []
            service.start()
    one, two, two_databases = (_median([run for run, in kind], by=lambda run: run.rate) for kind in zip(*rounds))
    return [_rate(one, "/s"), *(_rate(run, f"/s ({run.rate / one.rate:.2f} x as many)") for run in (two, two_databases))]


def sockets_idle(stage: Stage) -> list[Figure]:
    """On a service that has just started: what was rented before would be used again and not show."""
    stage.service.stop()
    stage.service.start()
    with idle_sockets(stage.service.web_socket_port, 50):
        before, _ = processes.memory(stage.service.pid)
        with idle_sockets(stage.service.web_socket_port, IDLE_SOCKETS):
            time.sleep(SETTLE_SECONDS)
            after, _ = processes.memory(stage.service.pid)
    each = (after - before) * 1e3 / IDLE_SOCKETS
    return [Figure(each, f"{each:.0f} KB each ({before:,.0f} MB before, {after:,.0f} MB with {IDLE_SOCKETS:,})")]


def memory(stage: Stage) -> list[Figure]:
    now, peak = processes.memory(stage.service.pid)
    return [Figure(peak, f"{peak:,.0f} MB at its peak, {now:,.0f} MB at the end")]


def warm_start(stage: Stage) -> list[Figure]:
    """From the start of the process to the first answer, on the data that the other measures left."""
    def restart() -> float:
        stage.service.stop()
        return stage.service.start()

    seconds = statistics.median(restart() for _ in range(3))
    return [Figure(seconds, f"{seconds:.2f} s")]


RATIO = Goal(1.2, 1.5, " x", at_most=True)

MEASURES = [
    Measure("raw-limit", [("raw limit: rows of 1 KiB inserted, 32 per statement, 1 connection", Goal())], raw_limit),
    Measure("post-hot", [("post 1 message per request, 64 connections, 1 queue", Goal(10_000, 6_000, "/s", share_of_raw_limit=0.15))], post_hot),
    Measure("post-spread", [("post 1 message per request, 64 connections, 64 queues", Goal(8_000, 5_000, "/s"))], post_spread),
    Measure("post-ten", [("post 10 messages per request, 16 connections", Goal(20_000, 14_000, " messages/s"))], post_ten),
    Measure("post-alone", [("post 1 message per request, 1 connection, p50", Goal(1, 3, " ms", at_most=True))], post_alone),
    Measure("list", [("list 10 of a queue, 64 connections", Goal(10_000, 6_000, "/s"))], list_ten),
    Measure("depth", [("claim 10, p50 at depth {depth} against 1,000", RATIO), ("list 10, p50 at depth {depth} against 1,000", RATIO)], depth),
    Measure("under-claim", [("claim 10, p50 with 20,000 under claim against none", RATIO), ("list 10, p50 with 20,000 under claim against none", RATIO)], under_claim),
    Measure("claim-delete", [("claim 10, then delete each, 16 connections", Goal(8_000, 5_000, " messages/s"))], claim_and_delete),
    Measure("deliver", [("deliver each message to 10 subscribers, posted over 64 connections", Goal())], deliver),
    Measure("notice", [("from post to webhook at 100 messages/s, p50", Goal(50, 50, " ms", at_most=True))], notice),
    Measure("sockets", [("post 1 message per request over 1 WebSocket, 64 in flight", Goal()), ("the same over 16 WebSockets", Goal())], sockets_post),
    Measure("memory", [("service's resident memory under all of it", Goal(250, 400, " MB", at_most=True))], memory),
    Measure("relay-cost", [("post to 1 queue without subscribers: what the relay costs", Goal(10, 10, " %", at_most=True))], relay_cost),
    Measure("pools", [("post 1 message per request, 64 connections, 64 queues in 1 pool", Goal()),
                      ("the same in 2 pools, each on a server of its own", Goal()), ("the same in 2 pools, databases of one server", Goal())], pools),
    Measure("sockets-idle", [("resident memory of an idle WebSocket, of 2,000", Goal(50, 50, " KB", at_most=True))], sockets_idle),
    Measure("start", [("warm start to the first answer, embedded server included", Goal(3, 6, " s", at_most=True))], warm_start),
]


def _post(stage: Stage, queues: tuple[str, ...], messages: int, connections: int) -> list[Run]:
    """Posts to queues in turn. What was acknowledged has to be there."""
    acknowledged, before = [], stage.depth(*queues)

    def posted(counted: dict[str, int]) -> int:
        acknowledged.append(counted["requests"] * messages)
        return acknowledged[-1]

    paths = tuple(f"/v2/queues/{queue}/messages" for queue in queues)
    runs = stage.runs(Requests("send", paths, connections, POSTER, body=post_body(messages)), posted)

    # wrk ends each load with a request on every connection: these may have been carried out, unacknowledged.
    stored, unacknowledged_max = stage.depth(*queues) - before, len(acknowledged) * connections * messages
    if not sum(acknowledged) <= stored <= sum(acknowledged) + unacknowledged_max:
        raise Failed(f"{sum(acknowledged)} messages were acknowledged, and {stored} are there")
    return runs


def _fill_pool(admin: Client, pool: str, uri: str, queues: tuple[str, ...]) -> None:
    """Makes a pool and the queues in it: no other pool has a weight meanwhile, so they all go there."""
    admin.call("PUT", f"/v2/pools/{pool}", json.dumps({"uri": uri, "weight": 100}).encode(), expect=201)
    for queue in queues:
        admin.call("PUT", f"/v2/queues/{queue}", expect=201)
    admin.call("PATCH", f"/v2/pools/{pool}", b'{"weight":0}')


def _settled(stage: Stage, queue: str) -> int:
    """Messages in a queue once what wrk left unanswered has been carried out, or not."""
    depth = -1
    while depth != (depth := stage.depth(queue)):
        time.sleep(SETTLE_SECONDS)
    return depth


def _compare(stage: Stage, one: str, other: str) -> list[Figure]:
    """The p50 of a claim, and of a listing, of one queue over that of another."""
    return [_ratio(stage, POSTER, _claim, one, other), _ratio(stage, READER, _list, one, other)]


def _ratio(stage: Stage, client_id: str, request: Callable[[Client, str], float], one: str, other: str) -> Figure:
    """The queues take turns, so that whatever else the machine does meets both."""
    warm_up = stage.pace.pairs // 5
    with stage.client(client_id) as client:
        pairs = [(request(client, one), request(client, other)) for _ in range(warm_up + stage.pace.pairs)]
    ones, others = (statistics.median(seconds) * 1e3 for seconds in zip(*pairs[warm_up:]))
    return Figure(ones / others, f"{ones / others:.2f} x ({ones:.2f} ms / {others:.2f} ms)")


def _claim(client: Client, queue: str) -> float:
    """Claims ten, then replaces them, so that the queue stays as deep and as claimed as it was. Seconds of the claim."""
    answer = client.call("POST", f"/v2/queues/{queue}/claims?limit=10", CLAIM, expect=201)
    ids = [message["id"] for message in json.loads(answer.body)["messages"]]
    if len(ids) != 10:
        raise Failed(f"a claim of {queue} got {len(ids)} messages, not ten")
    client.call("DELETE", f"/v2/queues/{queue}/messages?ids={','.join(ids)}", expect=204)
    client.call("POST", f"/v2/queues/{queue}/messages", post_body(10), expect=201)
    return answer.seconds


def _list(client: Client, queue: str) -> float:
    answer = client.call("GET", f"/v2/queues/{queue}/messages")
    if answer.body.count(b'"href"') != 11:  # Ten messages, and the link to the next page.
        raise Failed(f"a page of {queue} did not hold ten messages")
    return answer.seconds


def _median(runs: list, by: Callable):
    return sorted(runs, key=by)[len(runs) // 2]


def _rate(run: Run, unit: str) -> Figure:
    return Figure(run.rate, f"{run.rate:,.0f}{unit}", run.service_cpu, run.postgres_cpu)
