"""A list kept as one wants it: for oneself, the unit or all; filters, columns and order stored apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.choices import Post
from agents.models import Branch
from agents.operations.postings import end_posting
from audits.board import BoardFilters
from audits.models import Rectification
from audits.worklists import ORDERS, Filters, page_of
from tests.factories import AT, make_customer, make_finding, make_policy, make_rectification, make_staff
from tests.personas import Persona, log_in
from workplace.choices import Role, SharedWith
from workplace.models import PinnedView, SavedView
from workplace.saved_views import list_of

pytestmark = pytest.mark.django_db
PAGES = {
    "rectifications": ("rectification_queue", {"tab": "overdue", "severity": "BLOCK"}),
    "board": ("team_board", {"tab": "all", "group": "phone"}),
    "review": ("review_queue", {"show": "overdue"}),
    "findings": ("findings", {"severity": "BLOCK", "kind": "false"}),
    "customers": ("customers", {}),
    "policies": ("policies", {"status": "in_force"}),
}


def save(person: Persona, page: str = "rectifications", name: str = "急件", **given: Any) -> Any:
    filters = {f"f-{key}": value for key, value in given.pop("filters", {"tab": "overdue"}).items()}
    return person.client.post(reverse("save_view"), {"page": page, "name": name, **filters, **given})


def saved(person: Persona, **given: Any) -> SavedView:
    answer = save(person, **given)
    view = SavedView.objects.filter(owner=person.staff).order_by("pk").last()
    assert view is not None, answer.url
    assert f"view={view.pk}" in answer.url
    return view


def unit_of(branch: Branch) -> int:
    branch.refresh_from_db()
    assert branch.group_id is not None
    return branch.group_id


def chips(person: Persona, page: str = "rectifications", **given: Any) -> list[str]:
    context = person.client.get(reverse(PAGES[page][0]), given).context["views"]
    return [chip.view.name for chip in context.chips]


@pytest.fixture
def colleague(here: Branch) -> Persona:
    return log_in(make_staff(Role.CLERK, branch=here, name="邻作业"))


@pytest.mark.parametrize("page", PAGES)
def test_each_list_is_kept_and_opened_again_as_it_was(page: str, manager: Persona):
    name, filters = PAGES[page]
    view = saved(manager, page=page, filters=filters)
    opened = manager.client.get(reverse("saved_view", args=[view.pk]))
    shown = manager.client.get(opened.url)
    views = shown.context["views"]
    assert opened.url.startswith(reverse(name) + "?")
    assert {key: shown.wsgi_request.GET[key] for key in filters} == filters
    assert (views.current.pk, views.own, views.filters_differ, views.columns_differ) == (
        view.pk,
        True,
        False,
        False,
    )


@pytest.mark.parametrize("page, filters", [("rectifications", Filters), ("board", BoardFilters)])
def test_no_filter_of_a_list_is_forgotten(page: str, filters: type[Filters]):
    saved_list = list_of(page)
    assert saved_list is not None
    known = {*saved_list.filters, *saved_list.search}
    assert set(filters.__dataclass_fields__) - known == set()


def test_columns_and_filters_change_apart(clerk: Persona):
    view = saved(clerk, filters={"tab": "overdue", "severity": "BLOCK"}, columns=["policy"], sort="number")
    clerk.client.post(
        reverse("change_view_columns", args=[view.pk]), {"columns": ["state", "where"], "sort": "opened"}
    )
    view.refresh_from_db()
    assert (view.filters, view.columns, view.sort) == (
        {"tab": "overdue", "severity": "BLOCK"},
        ["where", "state"],
        "opened",
    )
    clerk.client.post(reverse("change_view_filters", args=[view.pk]), {"f-tab": "returned"})
    view.refresh_from_db()
    assert (view.filters, view.columns, view.sort, view.version) == (
        {"tab": "returned"},
        ["where", "state"],
        "opened",
        3,
    )


@pytest.mark.parametrize(
    "page, said",
    [
        ("change_view", {"name": "旧名", "shared_with": "nobody"}),
        ("change_view_filters", {"f-tab": "today"}),
        ("change_view_columns", {"columns": ["state"], "sort": "newest"}),
    ],
)
def test_what_another_window_saved_meanwhile_is_not_written_over(
    page: str, said: dict[str, Any], clerk: Persona
):
    view = saved(clerk)
    seen = view.version
    named = {"name": "新名", "shared_with": "nobody", "version": seen}
    clerk.client.post(reverse("change_view", args=[view.pk]), named)

    answer = clerk.client.post(reverse(page, args=[view.pk]), {**said, "version": seen}, follow=True)

    view.refresh_from_db()
    assert (view.name, view.filters, view.version) == ("新名", {"tab": "overdue"}, seen + 1)
    assert any("新名" in str(message) for message in answer.context["messages"])
    clerk.client.post(reverse(page, args=[view.pk]), {**said, "version": view.version})
    view.refresh_from_db()
    assert view.version == seen + 2


def test_looking_with_other_columns_leaves_the_filter_alone(clerk: Persona, here: Branch):
    late = timezone.localdate() - timedelta(days=2)
    wanted = make_rectification(branch=here, owner=clerk.staff, due_on=late)
    make_rectification(branch=here, owner=clerk.staff, due_on=late + timedelta(days=30))
    view = saved(clerk, filters={"tab": "overdue"})
    answer = clerk.client.get(
        reverse("rectification_queue"), {"tab": "overdue", "view": view.pk, "columns": ["", "number"]}
    )
    views = answer.context["views"]
    assert [line.rectification.pk for line in answer.context["page"].lines] == [wanted.pk]
    assert (views.columns, views.columns_differ, views.filters_differ) == (("number",), True, False)
    assert wanted.number in answer.content.decode().split("<tbody>")[1]


def test_a_private_view_is_nothing_for_others_by_list_id_and_address(
    clerk: Persona, colleague: Persona, manager: Persona, administrator: Persona
):
    view = saved(clerk, name="只给自己")
    assert chips(clerk) == ["只给自己"]
    for other in (colleague, manager, administrator):
        assert "只给自己" not in other.client.get(reverse("saved_views")).content.decode()
        assert other.client.get(reverse("saved_view", args=[view.pk])).status_code == 404
        for name in ("pin_view", "unpin_view", "copy_view", "delete_view", "change_view"):
            assert other.client.post(reverse(name, args=[view.pk]), {"name": "x"}).status_code == 404
        for name in ("change_view_filters", "change_view_columns"):
            assert other.client.post(reverse(name, args=[view.pk]), {"f-tab": "all"}).status_code == 404
    for other in (colleague, manager):
        assert chips(other) == []
        listed = other.client.get(reverse("rectification_queue"), {"view": view.pk})
        assert listed.status_code == 404
    assert PinnedView.objects.count() == 0
    view.refresh_from_db()
    assert (view.name, view.version) == ("只给自己", 1)


def test_shared_with_the_unit_means_who_is_posted_there(
    manager: Persona, colleague: Persona, clerk_elsewhere: Persona, compliance: Persona, here: Branch
):
    view = saved(manager, name="本组", shared_with=SharedWith.UNIT, group=unit_of(here))
    assert chips(colleague) == ["本组"]
    assert (chips(clerk_elsewhere), chips(compliance)) == ([], [])
    assert clerk_elsewhere.client.get(reverse("saved_view", args=[view.pk])).status_code == 404
    posting = colleague.staff.postings.get()
    end_posting(posting=posting, actor=None, at=timezone.now())
    assert chips(colleague) == []


def test_shared_with_all_is_seen_by_all_and_changed_by_its_owner_alone(
    compliance: Persona, clerk: Persona, clerk_elsewhere: Persona, partner: Persona
):
    view = saved(compliance, name="全部", shared_with=SharedWith.ALL)
    assert [chips(person) for person in (clerk, clerk_elsewhere, partner)] == [["全部"]] * 3
    assert clerk.client.post(reverse("delete_view", args=[view.pk])).status_code == 404
    assert clerk.client.post(reverse("change_view", args=[view.pk]), {"name": "我的"}).status_code == 404
    copied = clerk.client.post(reverse("copy_view", args=[view.pk]))
    own = SavedView.objects.get(owner=clerk.staff)
    assert (own.name, own.filters, own.shared_with) == ("全部", view.filters, SharedWith.NOBODY)
    assert f"view={own.pk}" in copied.url


def test_a_clerk_shares_nothing_and_nobody_with_a_strange_unit(
    clerk: Persona, manager: Persona, clerk_elsewhere: Persona, here: Branch, elsewhere: Branch
):
    save(clerk, shared_with=SharedWith.ALL)
    save(clerk, shared_with=SharedWith.UNIT, group=unit_of(here))
    save(manager, shared_with=SharedWith.UNIT, group=unit_of(elsewhere))
    assert SavedView.objects.count() == 0


def test_who_works_in_one_unit_need_not_name_it(manager: Persona, here: Branch):
    view = saved(manager, shared_with=SharedWith.UNIT)
    assert view.group_id == unit_of(here)


def test_rename_share_and_delete_one_s_own(manager: Persona, colleague: Persona):
    view = saved(manager)
    manager.client.post(
        reverse("change_view", args=[view.pk]), {"name": "加急", "shared_with": SharedWith.ALL}
    )
    assert chips(colleague) == ["加急"]
    colleague.client.post(reverse("pin_view", args=[view.pk]))
    manager.client.post(reverse("delete_view", args=[view.pk]))
    assert (SavedView.objects.count(), PinnedView.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "page, filters",
    [
        ("rectifications", {"tab": "all", "search": "欧阳思远"}),
        ("rectifications", {"owner": "13912345678"}),
        ("rectifications", {"group": "欧阳思远"}),
        ("board", {"search": "110105198506150014"}),
        ("customers", {"q": "欧阳思远"}),
        ("policies", {"q": "P000001"}),
        ("findings", {"branch": "欧阳思远"}),
        ("nowhere", {}),
    ],
)
def test_a_text_that_may_name_somebody_is_never_kept(page: str, filters: dict[str, str], manager: Persona):
    answer = save(manager, page=page, filters=filters, back="/rectifications/")
    assert (answer.url, SavedView.objects.count()) == ("/rectifications/", 0)
    said = [str(message) for message in answer.wsgi_request._messages]
    assert len(said) == 1
    assert [text for text in filters.values() if text in said[0]] == []


def test_names_are_refused_that_are_blank_doubled_or_hold_a_number(clerk: Persona):
    saved(clerk, name="急件")
    for name in ("", "急件", "客户 13912345678", "长" * 61):
        save(clerk, name=name)
    assert SavedView.objects.count() == 1


def test_one_does_not_return_to_a_strange_address(clerk: Persona):
    answer = save(clerk, name="", back="//evil.example/")
    assert answer.url == reverse("saved_views")


def test_a_view_of_a_list_that_is_not_open_does_not_exist(manager: Persona, clerk: Persona):
    view = saved(manager, page="board", filters={"tab": "all"}, shared_with=SharedWith.ALL)
    assert clerk.client.get(reverse("saved_view", args=[view.pk])).status_code == 404
    assert clerk.client.post(reverse("pin_view", args=[view.pk])).status_code == 404
    assert view.name not in clerk.client.get(reverse("saved_views")).content.decode()


def test_pinned_ones_stand_in_the_sidebar_with_live_counts(clerk: Persona, here: Branch):
    late = timezone.localdate() - timedelta(days=2)
    for _one in range(3):
        make_rectification(branch=here, owner=clerk.staff, due_on=late)
    view = saved(clerk, pin="1")
    assert f'data-badge="view-{view.pk}"' in clerk.client.get("/").content.decode()
    assert clerk.client.get("/badges/").json()[f"view-{view.pk}"]["said"] == "3"
    make_rectification(branch=here, owner=clerk.staff, due_on=late)
    assert clerk.client.get("/badges/").json()[f"view-{view.pk}"]["count"] == 4
    clerk.client.post(reverse("unpin_view", args=[view.pk]))
    assert f"view-{view.pk}" not in clerk.client.get("/").content.decode()
    assert f"view-{view.pk}" not in clerk.client.get("/badges/").json()


@pytest.mark.parametrize("page", PAGES)
def test_the_count_is_the_number_of_rows_that_it_opens(page: str, manager: Persona, here: Branch):
    for day in (-2, 5):
        due = timezone.localdate() + timedelta(days=day)
        customer = make_customer(home_branch=here)
        make_policy(holder=customer)
        work = make_rectification(customer=customer, branch=here, owner=manager.staff, due_on=due)
        make_finding(customer=customer, rectification=work, severity="BLOCK")
    view = saved(manager, page=page, filters=PAGES[page][1], pin="1")
    shown = manager.client.get(manager.client.get(reverse("saved_view", args=[view.pk])).url).context["page"]
    rows = getattr(shown, "lines", None) if hasattr(shown, "lines") else shown.rows
    assert manager.client.get("/badges/").json()[f"view-{view.pk}"]["count"] == len(rows)


def test_a_view_no_longer_shared_leaves_the_sidebars(manager: Persona, colleague: Persona):
    view = saved(manager, shared_with=SharedWith.ALL)
    colleague.client.post(reverse("pin_view", args=[view.pk]))
    assert f"view-{view.pk}" in colleague.client.get("/badges/").json()
    manager.client.post(reverse("change_view", args=[view.pk]), {"name": view.name, "shared_with": "me"})
    assert f"view-{view.pk}" not in colleague.client.get("/badges/").json()
    assert view.name not in colleague.client.get("/").content.decode()


def test_at_most_eight_are_pinned(clerk: Persona):
    for number in range(9):
        save(clerk, name=f"视图{number}", pin="1")
    assert (SavedView.objects.count(), PinnedView.objects.count()) == (9, 8)


@pytest.mark.parametrize("order", ORDERS)
def test_each_order_goes_page_after_page_without_gap_or_double(order: str, here: Branch):
    today = timezone.localdate()
    days = [3, 1, None, 2, 1, None, 3]
    rows = [
        make_rectification(branch=here, due_on=None if day is None else today + timedelta(days=day))
        for day in days
    ]
    wanted = {
        "due": [rows[place].pk for place in (1, 4, 3, 0, 6, 2, 5)],
        "opened": [row.pk for row in rows],
        "newest": [row.pk for row in reversed(rows)],
        "number": [row.pk for row in sorted(rows, key=lambda row: row.number)],
    }[order]
    found, after, pages = [], "", 0
    while pages == 0 or after:
        page = page_of(Rectification.objects.all(), after=after, size=3, order=order)
        found += [line.rectification.pk for line in page.lines]
        after, pages = page.older, pages + 1
    assert (found, pages) == (wanted, 3)


@pytest.mark.parametrize("sort", ["newest", "oldest", "number"])
def test_customers_page_in_each_order(sort: str, here: Branch, clerk: Persona):
    made = [make_customer(home_branch=here).pk for _one in range(60)]
    address, seen = reverse("customers") + f"?sort={sort}", []
    while address:
        page = clerk.client.get(address).context["page"]
        seen += [row.pk for row in page.rows]
        address = reverse("customers") + page.older if page.older else ""
    assert seen == (made[::-1] if sort == "newest" else made)
    assert clerk.client.get(reverse("customers") + page.newer).context["page"].rows[0].pk == seen[0]


def test_of_very_many_views_each_one_opens(clerk: Persona, compliance: Persona):
    for number in range(60):
        SavedView.objects.create(
            page="rectifications",
            name=f"共用{number:02d}",
            owner=compliance.staff,
            shared_with="all",
            made_at=AT,
        )
    own = saved(clerk, name="自己的")
    last = SavedView.objects.get(name="共用59")
    shown = chips(clerk, view=str(last.pk))
    assert (len(shown) < 60, shown[0], last.name in shown) == (True, own.name, True)


def test_pages_ask_as_often_with_one_view_as_with_thirty(manager: Persona, here: Branch):
    from django.db import connection

    def asked() -> dict[str, int]:
        found = {}
        for name in ("rectification_queue", "team_board", "customers", "saved_views"):
            manager.client.get(reverse(name))
            with CaptureQueriesContext(connection) as captured:
                assert manager.client.get(reverse(name)).status_code == 200
            found[name] = len(captured)
        return found

    save(manager, name="第0个", pin="1")
    save(manager, name="第0个", page="customers", filters={}, shared_with=SharedWith.ALL)
    one = asked()
    for number in range(1, 30):
        save(manager, name=f"第{number}个", pin="1")
        save(manager, name=f"第{number}个", page="customers", filters={}, shared_with=SharedWith.ALL)
    assert asked() == one
    assert {name: number for name, number in one.items() if number > 15} == {}


def test_the_group_of_a_unit_follows_its_postings(here: Branch):
    from tests.factories import make_branch

    other = make_branch(parent=here, name="城东营业部")
    person = make_staff(Role.CLERK, branch=other, post=Post.OPERATIONS, name="新作业")
    assert list(person.groups.exclude(name__in=Role.values).values_list("pk", flat=True)) == [unit_of(other)]
    end_posting(posting=person.postings.get(), actor=None, at=AT)
    assert list(person.groups.exclude(name__in=Role.values)) == []
