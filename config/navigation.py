"""The shell around every page: navigation by role, styles, and what every template may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.models import Staff
from workplace.saved_views import pinned


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; shown to whoever has one of the permissions and where its page exists."""

    title: str | Promise
    icon: str
    url: str
    permissions: tuple[str, ...] = ()
    go: str = ""
    badge: str = ""
    unless: str = ""


def _records(title: str | Promise, icon: str, model: str, go: str = "", page: str = "") -> Entry:
    """The list of `app_model`: our own page where one is named, else the admin's."""
    app, name = model.rsplit("_", 1)
    return Entry(title, icon, page or f"admin:{model}_changelist", (f"{app}.view_{name}",), go)


GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(gettext_lazy("Home"), "home", "home", (), "h"),
            Entry(
                gettext_lazy("My rectifications"),
                "assignment",
                "rectification_queue",
                ("audits.work_rectification",),
                "r",
                "mine",
            ),
            Entry(
                gettext_lazy("Rectifications"),
                "assignment",
                "rectification_queue",
                ("audits.view_rectification",),
                "r",
                unless="audits.work_rectification",
            ),
            Entry(gettext_lazy("Call list"), "call", "call_list", ("customers.add_contactattempt",)),
            Entry(
                gettext_lazy("Call-backs"),
                "phone_callback",
                "call_backs",
                ("audits.view_callback",),
                "k",
                "call_backs",
            ),
            Entry(
                gettext_lazy("Change requests"),
                "edit_note",
                "change_requests",
                ("audits.view_changerequest",),
            ),
            Entry(
                gettext_lazy("To review"),
                "rule",
                "review_queue",
                ("audits.review_rectification",),
                "v",
                "review",
            ),
            Entry(
                gettext_lazy("My reviews"),
                "fact_check",
                "my_reviews",
                ("audits.review_sample",),
                "y",
                "my_reviews",
            ),
            Entry(
                gettext_lazy("Second looks"),
                "visibility",
                "second_looks",
                ("audits.view_secondlook",),
            ),
            Entry(
                gettext_lazy("Team board"),
                "groups",
                "team_board",
                ("audits.assign_rectification",),
                "b",
                "unassigned",
            ),
            Entry(gettext_lazy("Announcements"), "campaign", "announcements", (), "m", "announcements"),
            Entry(
                gettext_lazy("Exported lists"),
                "output",
                "exported_lists",
                ("workplace.view_exportedlist",),
            ),
            Entry(gettext_lazy("Absences"), "event_busy", "absences"),
            Entry(
                gettext_lazy("Rules of assignment"),
                "alt_route",
                "assignment_rules",
                ("audits.view_assignmentrule",),
            ),
        ),
    ),
    (
        gettext_lazy("Book"),
        (
            Entry(gettext_lazy("Customers"), "person", "customers", ("customers.view_customer",), "c"),
            Entry(
                gettext_lazy("Probable duplicates"),
                "group_remove",
                "duplicates",
                ("customers.view_duplicatepair",),
                "u",
            ),
            Entry(gettext_lazy("Policies"), "description", "policies", ("policies.view_policy",), "p"),
            Entry(gettext_lazy("Findings"), "error", "findings", ("audits.view_finding",), "f"),
            Entry(gettext_lazy("Shared contacts"), "hub", "shared_contacts", ("audits.view_exemption",)),
        ),
    ),
    (
        gettext_lazy("Compliance"),
        (
            Entry(
                gettext_lazy("Agencies and branches"),
                "leaderboard",
                "performance",
                ("audits.view_performance",),
                "a",
            ),
            Entry(gettext_lazy("Measures"), "speed", "measures", ("audits.view_performance",)),
            Entry(
                gettext_lazy("Disputed rules"),
                "gavel",
                "disputes",
                ("audits.answer_dispute", "audits.view_ruledispute"),
                "d",
                "disputes",
            ),
            Entry(gettext_lazy("Letters to agencies"), "mail", "letters", ("audits.view_agencyletter",)),
            Entry(gettext_lazy("Exemptions"), "verified_user", "exemptions", ("audits.view_exemption",)),
            Entry(gettext_lazy("Appeals"), "balance", "appeals", ("audits.view_appeal",)),
            Entry(gettext_lazy("Extensions"), "more_time", "extensions", ("audits.assign_rectification",)),
            Entry(gettext_lazy("Gates"), "door_front", "gate_answers", ("audits.view_gateanswer",)),
            Entry(gettext_lazy("Rules"), "checklist", "rules", ("authenticity.view_rulesetting",)),
            Entry(
                gettext_lazy("Settings of rectification"),
                "tune",
                "rectification_settings",
                ("audits.change_rectificationsettings",),
            ),
            Entry(gettext_lazy("Sweeps"), "cleaning_services", "sweeps", ("audits.run_sweep",)),
            Entry(
                gettext_lazy("Changes of rules"),
                "published_with_changes",
                "rule_changes",
                ("audits.view_rulechange",),
                "",
                "rule_changes",
            ),
            _records(gettext_lazy("Articles"), "menu_book", "authenticity_article", page="articles"),
            _records(
                gettext_lazy("Word lists"), "format_list_bulleted", "authenticity_word", page="word_lists"
            ),
            _records(gettext_lazy("Access log"), "visibility", "workplace_accesslog", page="access_log"),
        ),
    ),
    (
        gettext_lazy("Sampling"),
        (
            Entry(
                gettext_lazy("Sampling plans"),
                "event_repeat",
                "sampling_plans",
                ("audits.view_samplingplan",),
            ),
            Entry(gettext_lazy("Draws"), "casino", "sampling_runs", ("audits.view_samplingrun",)),
            Entry(
                gettext_lazy("Results of samples"),
                "query_stats",
                "sampling_results",
                ("audits.view_samplingrun",),
            ),
            Entry(
                gettext_lazy("New customers of the day"),
                "person_add",
                "newcomers",
                ("audits.review_sample", "audits.view_sampleitem"),
            ),
            Entry(
                gettext_lazy("Yearly inspections"),
                "fact_check",
                "inspections",
                ("audits.view_branchinspection",),
            ),
            Entry(gettext_lazy("Checklists"), "checklist_rtl", "checklists", ("audits.view_samplingplan",)),
        ),
    ),
    (
        gettext_lazy("Data"),
        (
            Entry(gettext_lazy("Imports"), "upload_file", "imports", ("workplace.view_importbatch",), "i"),
            Entry(
                gettext_lazy("Conflicts"),
                "call_split",
                "conflicts",
                ("workplace.view_conflict",),
                "",
                "conflicts",
            ),
            Entry(gettext_lazy("Outbox"), "outbox", "outbox", ("workplace.view_outboxentry",), "o"),
            Entry(gettext_lazy("Jobs"), "pending_actions", "jobs", ("workplace.view_job",), "j"),
        ),
    ),
    (
        gettext_lazy("Organisation"),
        (
            _records(gettext_lazy("Branches"), "account_tree", "agents_branch", page="branches"),
            _records(gettext_lazy("Agencies"), "handshake", "agents_agency", page="agencies"),
            _records(gettext_lazy("Outlets"), "storefront", "agents_outlet"),
            _records(gettext_lazy("Sellers"), "badge", "agents_salesagent", "s", page="sellers"),
            _records(gettext_lazy("Products"), "inventory_2", "policies_product"),
        ),
    ),
    (
        gettext_lazy("Administration"),
        (
            _records(gettext_lazy("Staff"), "manage_accounts", "workplace_staff", "t", page="staff"),
            _records(gettext_lazy("Postings"), "assignment_ind", "agents_posting"),
            _records(gettext_lazy("Working calendar"), "calendar_month", "workplace_calendarday"),
            _records(gettext_lazy("API clients"), "api", "workplace_apiclient"),
            Entry(gettext_lazy("Group chats"), "forum", "group_chats", ("workplace.view_pushtarget",)),
            _records(gettext_lazy("Schedules"), "schedule", "django_celery_beat_periodictask"),
            _records(gettext_lazy("Failed logins"), "lock_person", "axes_accessattempt"),
        ),
    ),
)


def stylesheet(request: HttpRequest) -> str:
    return static("zhenxin/zhenxin.css")


def favicon(request: HttpRequest) -> str:
    return static("zhenxin/favicon.svg")


def script(request: HttpRequest) -> str:
    return static("zhenxin/zhenxin.js")


def search_script(request: HttpRequest) -> str:
    return static("zhenxin/search.js")


def environment(request: HttpRequest) -> list[str] | None:
    return [_("Demo"), "info"] if settings.DEMO else None


def address(name: str) -> str:
    """Where a named page is, or nothing while it does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of navigation that this person's role sees, for unfold."""
    staff = request.user
    if not isinstance(staff, Staff) or staff.must_change_password:
        return []
    groups = [(title, _items(staff, entries, request.path)) for title, entries in GROUPS]
    groups.insert(1, (_("Pinned"), _pinned(request)))
    return [{"title": title, "items": items} for title, items in groups if items]


def _pinned(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own choice of saved views; their counts come with the others, after the page."""
    here = request.GET.get("view", "")
    return [
        {
            "title": view.name,
            "icon": saved.icon,
            "link": reverse("saved_view", args=[view.pk]),
            "go": "",
            "badge_name": f"view-{view.pk}",
            "here": here == str(view.pk),
        }
        for view, saved in pinned(request)
    ]


def _items(staff: Staff, entries: tuple[Entry, ...], path: str) -> list[dict[str, Any]]:
    found = []
    for entry in entries:
        if entry.permissions and not any(staff.has_perm(name) for name in entry.permissions):
            continue
        if entry.unless and staff.has_perm(entry.unless):
            continue
        if link := address(entry.url):
            active = path == link or (link != "/" and path.startswith(link))
            found.append(
                {
                    "title": entry.title,
                    "icon": entry.icon,
                    "link": link,
                    "go": entry.go,
                    "badge_name": entry.badge,
                    "here": active,
                }
            )
    return found


def is_fragment(request: HttpRequest) -> bool:
    """True when HTMX asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every template may use; whole pages of our own get the frame too, the admin's bring theirs."""
    small = {"demo": settings.DEMO, "today": timezone.localdate()}
    if is_fragment(request) or request.path.startswith("/admin/"):
        return small
    return {**frame(request), **small} if isinstance(getattr(request, "user", None), Staff) else small


def frame(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request)
