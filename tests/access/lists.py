"""Every list screen there is: pages of our own without arguments, and every list of the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# Pages that take no argument and are no list: each for a reason.
NO_LISTS = {
    "login",  # how one gets in
    "logout",  # changes things
    "set_language",  # changes things
    "password_change",  # a form
    "healthz",  # a word for probes
    "readyz",  # the same
    "metrics",  # numbers for probes
    "staff_add",  # a form
    "staff_import",  # a form until a file is there
    "staff_import_confirm",  # changes things
    "staff_template",  # a file
    "export_customers",  # changes things
    "export_rectifications",  # the same
    "round_trip_take_out",  # the same
    "save_view",  # the same
    "assign_rectifications",  # a preview of what was selected
    "bulk_preview",  # a preview of what was matched
    "assignment_rule_add",  # a form
    "assign_by_rule",  # a preview of counts
    "rectification_settings",  # a form with its short tables
    "service_level",  # changes things
    "correction_limit",  # the same
    "escalation_step",  # the same
    "take_back_rectifications",  # changes things
    "review_accept_many",  # changes things
    "find_duplicates",  # changes things
    "assign_duplicates",  # the same
    "duplicate_settings",  # a form
    "compare_file",  # a form whose answer is posted
    "try_rules",  # a form whose answer is posted
    "article_add",  # a form
    "inspection_year_add",  # a form
    "sampling_plan_add",  # a form
    "sampling_plan_preview",  # a part of that form
    "checklist_add",  # a form
    "notice_settings",  # a form
    "announcement_add",  # a form
    "announcements_unread",  # a part of Home
    "group_chat_add",  # a form
    "notices_mark",  # changes things
    "notices_read_all",  # the same
    "api-root",  # names the interface only
    "openapi-json",  # describes the interface
    "openapi-view",  # the same
}


def own_pages() -> list[str]:
    """Names of the addresses of our own that take no argument."""
    found = set()
    for pattern in _patterns(get_resolver().url_patterns):
        name = pattern.name or ""
        if name and name not in NO_LISTS and not pattern.pattern.converters and _address(name):
            found.add(name)
    return sorted(found)


def admin_lists() -> list[str]:
    return sorted(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry
    )


def _patterns(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif isinstance(pattern, URLResolver) and pattern.namespace is None:
            yield from _patterns(pattern.url_patterns)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
