"""Group chats of DingTalk, WeCom and Feishu, by apprise; loaded when first used, it is slow to start.

Their robots answer 200 even to what they refuse and say so in the body, which apprise does not read: here
it is read.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any

SCHEMES = ("dingtalk", "wecombot", "feishu")
NATIVE = ("https://oapi.dingtalk.com/", "https://qyapi.weixin.qq.com/", "https://open.feishu.cn/")
# Their own pages give these, which apprise takes for anybody's web address.
OWN_PAGES = (
    (r"^https://oapi\.dingtalk\.com/robot/send/?\?access_token=(\w+)$", r"dingtalk://\1/"),
    (r"^https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?$", r"feishu://\1/"),
)
LONGEST = 1500
_refusal: ContextVar[str] = ContextVar("refusal", default="")


class ChatRefused(Exception):
    """Nothing was delivered; its text says why, without the address."""


def is_address(address: str) -> bool:
    """A robot of one of the three, as apprise writes it or as their own pages give it."""
    return _robot(address) is not None


def send(address: str, *, title: str, body: str) -> None:
    """One message; raises ChatRefused."""
    robot = _robot(address)
    if robot is None:
        raise ChatRefused("address")
    _listen()
    token = _refusal.set("")
    try:
        if not robot.notify(title=title, body=body[:LONGEST], body_format="text"):
            raise ChatRefused(without_secret(_refusal.get() or "no answer", address))
    finally:
        _refusal.reset(token)


def _robot(address: str) -> Any:
    """Asked itself and not through `Apprise.notify`, which may work in another thread."""
    if not address.startswith((*(f"{scheme}://" for scheme in SCHEMES), *NATIVE)):
        return None
    apprise: Any = import_module("apprise")
    known = address
    for native, own in OWN_PAGES:
        known = re.sub(native, own, known)
    robot = apprise.Apprise.instantiate(known, suppress_exceptions=True)
    return robot if robot is not None and robot.secure_protocol in SCHEMES else None


def without_secret(text: str, address: str) -> str:
    """Every part of the address that could be its secret is struck out."""
    for part in re.split(r"[:/?&=@]+", address):
        if len(part) > 5:
            text = text.replace(part, "***")
    return text[:200]


class _Listening:
    """What the plugins take for `requests`: posts, and takes a refusal in the body for one."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = self._requests.post(*args, **kwargs)
        except self._requests.RequestException as error:
            _refusal.set(type(error).__name__)
            raise
        if said := _refused(answer):
            _refusal.set(said)
            raise self._requests.RequestException("refused")
        return answer


def _refused(answer: Any) -> str:
    if answer.status_code != 200:
        return f"HTTP {answer.status_code}"
    try:
        said = answer.json()
    except ValueError:
        return "no JSON in the answer"
    if not isinstance(said, dict):
        return "no JSON object in the answer"
    code = said.get("errcode", said.get("code", said.get("StatusCode", 0)))
    return f"{code} {said.get('errmsg') or said.get('msg') or ''}".strip() if code else ""


@cache
def _listen() -> None:
    listening = _Listening(import_module("requests"))
    for scheme in SCHEMES:
        plugin: Any = import_module(f"apprise.plugins.{scheme}")
        plugin.requests = listening
