"""Subscribers of queues under measurement, all of them at one sink."""

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from client import Failed
from service import POLL_SECONDS, free_port
from stage import Stage

START_SECONDS = 10
IDLE_SECONDS = 30  # So long nothing may arrive while something is missing.


class Sink:
    def __init__(self, port: int):
        self.port = port

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def told(self) -> dict:
        """Requests so far by path, and the delays in nanoseconds that were seen since the last call."""
        with urllib.request.urlopen(self.url("/"), timeout=START_SECONDS) as answer:
            return json.load(answer)

    def wait_for(self, paths: list[str], each: int) -> list[int]:
        """Waits until so many requests came for each path; answers the delays. Raises Failed when one is too much, or none comes any more."""
        delays, last, last_at = [], None, time.monotonic()
        while True:
            told = self.told()
            delays += told["delays"]
            counts = [told["counts"].get(path, 0) for path in paths]
            if any(count > each for count in counts):
                raise Failed(f"{max(counts)} deliveries came for a subscriber, and {each} messages were posted")
            if all(count == each for count in counts):
                return delays
            if counts != last:
                last, last_at = counts, time.monotonic()
            if time.monotonic() - last_at > IDLE_SECONDS:
                raise Failed(f"of {each} messages each, subscribers got {counts}")
            time.sleep(POLL_SECONDS)


@contextmanager
def sink():
    """A sink that is there for as long as the block runs."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("sink.py")), str(port)], start_new_session=True)
    try:
        one, deadline = Sink(port), time.monotonic() + START_SECONDS
        while True:
            try:
                one.told()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise Failed("the sink does not answer") from None
                time.sleep(POLL_SECONDS)
        yield one
    finally:
        process.terminate()
        process.wait()


def subscribe(stage: Stage, queue: str, urls: list[str]) -> list[str]:
    """Paths of the new subscriptions."""
    with stage.client() as client:
        answers = [client.call("POST", f"/v2/queues/{queue}/subscriptions", json.dumps({"subscriber": url, "ttl": 86400}).encode(), expect=201)
                   for url in urls]
    return [f"/v2/queues/{queue}/subscriptions/{json.loads(answer.body)['subscription_id']}" for answer in answers]


def unsubscribe(stage: Stage, subscriptions: list[str]) -> None:
    with stage.client() as client:
        for subscription in subscriptions:
            client.call("DELETE", subscription, expect=204)
