"""Probes without an account: the process answers; the database, the broker and the schema are ready."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"process": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while something is missing; the answer says what, and nothing more."""
    answer = {"database": database_answers(), "broker": broker_answers()}
    answer["migrations"] = answer["database"] and is_migrated()
    return JsonResponse(answer, status=200 if all(answer.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
