"""The fuzzer: it holds the service to its description, and notices one that does not keep to it."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from harness.settings import ROOT
from tools import fuzz_hooks, fuzz_http
from tools.children import run_child

DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {
        "/things": {
            "get": {
                "responses": {
                    "200": {
                        "description": "All things",
                        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}},
                    }
                }
            }
        }
    },
}
WITHIN = 300.0


@contextmanager
def small_service(status: int, things: Any) -> Iterator[SimpleNamespace]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_description = self.path == "/openapi.json"
            body = json.dumps(DESCRIPTION if is_description else things).encode()
            self.send_response(200 if is_description else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield SimpleNamespace(host="localhost", published_port=server.server_port)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "things", "held"),
    [(200, [1, 2], True), (200, ["one"], False), (202, [1], False), (500, [1], False)],
    ids=["as described", "another body", "another status", "an error"],
)
def test_it_notices_what_is_not_as_described(status: int, things: Any, held: bool) -> None:
    with small_service(status, things) as service:
        options = ["--max-examples", "3", "--seed", "1", "--phases", "fuzzing"]
        exit_code = fuzz_http._run(service, "/openapi.json", {}, options)  # type: ignore[arg-type]
    assert (exit_code == 0) == held


def test_about_half_of_what_is_asked_for_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_hooks, "THINGS", {"class_id": ["known"]})
    asked = SimpleNamespace(operation=SimpleNamespace(method="GET"))
    paths = [fuzz_hooks.map_path_parameters(asked, {"class_id": str(number)}) for number in range(200)]
    assert 60 < sum(path["class_id"] == "known" for path in paths) < 140
    assert paths == [fuzz_hooks.map_path_parameters(asked, {"class_id": str(number)}) for number in range(200)]
    bodies = [fuzz_hooks.map_body(None, {"class_ids": [str(number)], "name": "9C"}) for number in range(200)]
    assert 60 < sum(body["class_ids"] == ["known"] for body in bodies) < 140


def test_what_there_is_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_hooks, "THINGS", {"class_id": ["known"]})
    asked = SimpleNamespace(operation=SimpleNamespace(method="delete"))
    for number in range(20):
        assert fuzz_hooks.map_path_parameters(asked, {"class_id": str(number)}) == {"class_id": str(number)}


@pytest.mark.engine
def test_the_service_keeps_to_its_description() -> None:
    command = [sys.executable, "-m", "tools.fuzz_http", "--examples", "50"]
    assert run_child(command, folder=ROOT, deadline=WITHIN) == 0, "see what it printed, and the seed"
