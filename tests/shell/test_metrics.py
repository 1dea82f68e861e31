"""Figures for machines: for this one, or for whoever knows the token."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from redis import Redis

from tests.factories import make_rectification

pytestmark = pytest.mark.django_db


def test_this_machine_reads_them(client: Client):
    make_rectification()
    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        waiting = broker.llen("celery")
    answer = client.get("/metrics")
    lines = answer.content.decode().splitlines()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'zhenxin_rectifications{state="open"} 1' in lines
    assert 'zhenxin_jobs{state="failed"} 0' in lines
    assert "zhenxin_last_sweep_age_seconds -1" in lines
    assert f"zhenxin_queue_depth {waiting}" in lines


def test_to_others_they_do_not_exist(settings: Any):
    settings.METRICS_TOKEN = "of-the-monitoring-system"
    far = Client(REMOTE_ADDR="10.1.2.3")
    forwarded = Client(headers={"X-Forwarded-For": "10.1.2.3"})
    assert [visitor.get("/metrics").status_code for visitor in (far, forwarded)] == [404, 404]
    wrong = far.get("/metrics", headers={"Authorization": "Bearer guess"})
    right = far.get("/metrics", headers={"Authorization": "Bearer of-the-monitoring-system"})
    assert (wrong.status_code, right.status_code) == (404, 200)


def test_an_empty_token_opens_nothing(settings: Any):
    settings.METRICS_TOKEN = ""
    far = Client(REMOTE_ADDR="10.1.2.3")
    assert far.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
