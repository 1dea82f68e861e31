"""A robot of a group chat on this machine: keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any


class Robot:
    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}

    @property
    def texts(self) -> list[str]:
        return [str(one.get("text", one.get("content", {}))["content"]) for one in self.got if "text" in one]


@contextmanager
def listening() -> Iterator[Robot]:
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            robot.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(robot.answer).encode()
            self.send_response(robot.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}/robot?access_token="
    plugins = [
        (import_module("apprise.plugins.dingtalk").NotifyDingTalk, here + "{token}"),
        (import_module("apprise.plugins.wecombot").NotifyWeComBot, here + "{key}"),
        (import_module("apprise.plugins.feishu").NotifyFeishu, here + "{token}"),
    ]
    real = [plugin.notify_url for plugin, _url in plugins]
    rates = [plugin.request_rate_per_sec for plugin, _url in plugins]
    for plugin, url in plugins:
        plugin.notify_url, plugin.request_rate_per_sec = url, 0
    try:
        yield robot
    finally:
        for (plugin, _url), url, rate in zip(plugins, real, rates, strict=True):
            plugin.notify_url, plugin.request_rate_per_sec = url, rate
        server.shutdown()
        thread.join()
        server.server_close()
