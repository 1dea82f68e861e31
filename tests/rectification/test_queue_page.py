"""My rectifications: sorted by due date, counted in tabs, masked, page after page."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audits.models import Rectification
from audits.worklists import PAGE, page_of
from tests.factories import make_finding, make_rectification
from tests.rectification.scenes import SHORT, given, in_review
from workplace.choices import Access
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db
QUEUE = "rectification_queue"


def due(rectification, days):
    """As seen from today; the views ask the clock."""
    day = timezone.localdate() + timedelta(days=days)
    Rectification.objects.filter(pk=rectification.pk).update(due_on=day)
    return rectification


def shown(client, **given):
    page = client.get(reverse(QUEUE), given).context["page"]
    return [line.rectification.pk for line in page.lines]


@pytest.fixture
def four(here, clerk, manager):
    rows = [given(here, clerk, manager) for _one in range(3)]
    rows.append(in_review(here, clerk=clerk, manager=manager))
    return [due(row, days) for row, days in zip(rows, (0, -2, 5, 1), strict=True)]


def test_the_tabs_hold_what_they_count(four, clerk):
    today, late, soon, waiting = (row.pk for row in four)
    context = clerk.client.get(reverse(QUEUE)).context
    assert context["numbers"] == {"today": 1, "overdue": 1, "returned": 0, "waiting": 1, "all": 4}
    assert shown(clerk.client) == [late, today, waiting, soon]
    assert shown(clerk.client, tab="today") == [today]
    assert shown(clerk.client, tab="overdue") == [late]
    assert shown(clerk.client, tab="waiting") == [waiting]
    assert shown(clerk.client, tab="closed") == []


def test_it_is_masked(four, clerk):
    text = clerk.client.get(reverse(QUEUE)).content.decode()
    customer = four[0].customer
    assert customer.name[0] in text
    assert [value for value in (customer.name, SHORT, customer.id_no) if value in text] == []


def test_only_mine_unless_i_ask_for_everybodys(four, here, clerk, manager):
    theirs = given(here, manager, manager)
    assert theirs.pk not in shown(clerk.client)
    assert theirs.pk in shown(clerk.client, whose="all")


@pytest.mark.parametrize("who", ["clerk_elsewhere", "outsider", "partner"])
def test_everybodys_ends_at_the_scope(who, four, request):
    assert shown(request.getfixturevalue(who).client, whose="all") == []


def test_an_auditor_reads_all_in_scope(four, auditor):
    assert sorted(shown(auditor.client)) == sorted(row.pk for row in four)


def test_filters_narrow(four, here, clerk):
    other = make_rectification(branch=here, owner=clerk.staff)
    make_finding(customer=other.customer, rectification=other, rule="AD-001", field="address")
    assert shown(clerk.client, group="address") == [other.pk]
    assert len(shown(clerk.client, group="phone")) == 4
    assert shown(clerk.client, search=four[0].number) == [four[0].pk]
    assert shown(clerk.client, search=four[0].customer.number) == [four[0].pk]
    assert shown(clerk.client, search="Z") == []


def test_pages_follow_each_other_without_gap_or_double(here, clerk):
    days = [date(2026, 12, 1), date(2026, 12, 1), None, date(2026, 11, 30), None]
    rows = [make_rectification(branch=here, owner=clerk.staff, due_on=day) for day in days]
    wanted = [rows[index].pk for index in (3, 0, 1, 2, 4)]
    found, after = [], ""
    for _page in range(3):
        page = page_of(Rectification.objects.all(), after=after, size=2)
        found += [line.rectification.pk for line in page.lines]
        after = page.older
    assert found == wanted
    assert after == ""
    assert PAGE >= 15


def test_the_export_is_masked_and_written_down(four, clerk):
    download = clerk.client.post(reverse("export_rectifications"), {"tab": "all"})
    rows = CalamineWorkbook.from_filelike(BytesIO(download.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [
        row.number for row in sorted(four, key=lambda r: shown(clerk.client).index(r.pk))
    ]
    text = "\n".join("|".join(map(str, row)) for row in rows)
    assert [value for value in (four[0].customer.name, SHORT) if value in text] == []
    assert AccessLog.objects.get(access=Access.EXPORT).staff_id == clerk.staff.pk
