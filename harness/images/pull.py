"""Pulling an image, when a registry answers soon enough."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Any

import docker
import docker.errors
import requests

ANSWER_WITHIN = 8.0
"""Seconds until a registry must have answered."""

PROGRESS_WITHIN = 120.0
"""Seconds that a pull may stand still once it is under way."""


class PullError(Exception):
    """The image cannot be pulled; the message is the reason in one line."""


def pull(client: docker.DockerClient, reference: str, *, answer_within: float = ANSWER_WITHIN) -> None:
    """Pull `reference` into the engine; raises `PullError` with the reason."""
    _follow(lambda: client.api.pull(reference, stream=True, decode=True), answer_within)


def look_up(client: docker.DockerClient, reference: str, *, answer_within: float = ANSWER_WITHIN) -> None:
    """Ask the registry for `reference`, pulling nothing; raises `PullError` with the reason why it cannot be had."""
    _follow(lambda: [client.api.inspect_distribution(reference)], answer_within)


def _follow(call: Callable[[], Iterable[dict[str, Any]]], answer_within: float) -> None:
    events: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()

    def collect() -> None:
        try:
            for event in call():
                events.put(event)
        except (docker.errors.DockerException, requests.RequestException) as error:
            events.put(error)
        else:
            events.put(None)

    # A call to the engine cannot be given up half-way; a thread that nobody waits for can.
    threading.Thread(target=collect, name="registry", daemon=True).start()
    patience = answer_within
    while True:
        try:
            event = events.get(timeout=patience)
        except queue.Empty:
            raise PullError(f"no answer within {patience:.0f} s") from None
        if event is None:
            return
        if isinstance(event, Exception):
            raise PullError(_one_line(str(getattr(event, "explanation", None) or event))) from event
        if "error" in event:
            raise PullError(_one_line(event["error"]))
        patience = PROGRESS_WITHIN


def _one_line(text: str) -> str:
    return " ".join(text.split())
