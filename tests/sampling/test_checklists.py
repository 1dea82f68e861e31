"""Checklists come delivered, are written in versions, and stay as another person approved them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audits.models import Checklist, ChecklistVersion
from audits.operations.checklists import (
    ChecklistRefused,
    approve_checklist,
    deliver_checklists,
    drop_checklist_version,
    new_checklist,
    next_checklist_version,
    write_checklist,
)
from audits.plan_reading import questions_of, usable_checklists
from audits.sampling.checklists import Question, delivered
from audits.sampling.choices import SamplePurpose
from authenticity.models import Article
from tests.factories import AT

pytestmark = pytest.mark.django_db
ASKED = [Question("signed", "是否本人签名", "82-15"), Question("remark", "其他", kind="text", fails=False)]


def test_every_purpose_and_the_yearly_inspection_have_theirs_from_the_beginning():
    found = dict(Checklist.objects.values_list("purpose", "code"))

    assert set(found) == {"", *SamplePurpose.values}
    assert not ChecklistVersion.objects.filter(approved_at__isnull=True).exists()
    for one in delivered():
        assert questions_of(Checklist.objects.get(code=one.code).versions.get()) == list(one.questions)


def test_every_article_that_they_cite_is_in_the_library():
    cited = {one.article for each in delivered() for one in each.questions if one.article}

    assert set(Article.objects.filter(code__in=cited).values_list("code", flat=True)) == cited


def test_delivering_again_leaves_compliances_own_alone(compliance):
    next_checklist_version(checklist=Checklist.objects.get(code="truth"), actor=compliance.staff, at=AT)
    before = ChecklistVersion.objects.count()

    assert deliver_checklists(at=AT) == 0
    assert ChecklistVersion.objects.count() == before


def test_another_person_approves_and_then_the_database_keeps_it(compliance, second):
    version = new_checklist(code="own", name="自用", purpose="truth", actor=compliance.staff, at=AT)
    write_checklist(version=version, questions=ASKED, actor=compliance.staff, at=AT)

    with pytest.raises(ChecklistRefused):
        approve_checklist(version=version, actor=compliance.staff, at=AT)
    assert version not in usable_checklists("truth")
    approve_checklist(version=version, actor=second, at=AT)

    assert version in usable_checklists("truth")
    with pytest.raises(ChecklistRefused, match="赵合规"):
        write_checklist(version=version, questions=ASKED, actor=compliance.staff, at=AT)
    for statement in (
        "UPDATE audits_checklistitem SET text = 'x' WHERE version_id = %s",
        "DELETE FROM audits_checklistitem WHERE version_id = %s",
        "UPDATE audits_checklistversion SET number = 9 WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            by_hand(statement, version.pk)


def test_the_database_wants_a_second_person_too(compliance):
    version = new_checklist(code="own", name="自用", purpose="", actor=compliance.staff, at=AT)

    with pytest.raises(DatabaseError, match="checklist_approved_by_another"), transaction.atomic():
        by_hand(
            "UPDATE audits_checklistversion SET approved_by_id = made_by_id WHERE id = %s",
            version.pk,
        )


def test_a_new_version_begins_with_what_the_last_one_asked_and_can_be_dropped(compliance):
    truth = Checklist.objects.get(code="truth")
    made = next_checklist_version(checklist=truth, actor=compliance.staff, at=AT)

    assert questions_of(made) == questions_of(truth.versions.get(number=1))
    with pytest.raises(ChecklistRefused):
        next_checklist_version(checklist=truth, actor=compliance.staff, at=AT)
    assert drop_checklist_version(version=made, actor=compliance.staff, at=AT) == truth


@pytest.mark.parametrize(
    "wrong",
    [
        Question("a", " "),
        Question("a", "问", "no-such"),
        Question("signed", "同一代码"),
        Question("a", "问", kind="x"),
    ],
)
def test_a_line_that_cannot_be_asked_is_named(compliance, wrong):
    version = new_checklist(code="own", name="自用", purpose="", actor=compliance.staff, at=AT)

    with pytest.raises(ChecklistRefused) as refused:
        write_checklist(version=version, questions=[ASKED[0], wrong], actor=compliance.staff, at=AT)

    assert refused.value.line == 2


def test_the_page_keeps_the_order_and_lets_empty_lines_fall_away(compliance):
    compliance.client.post(reverse("checklist_add"), {"name": "自用", "code": "own", "purpose": "truth"})
    checklist = Checklist.objects.get(code="own")
    lines = {
        "line": ["1", "2", "3"],
        "text-1": "第二问", "place-1": "20", "kind-1": "yes_no", "fails-1": "on", "article-1": "82-15",
        "text-2": "第一问", "place-2": "10", "kind-2": "date",
        "text-3": "", "place-3": "30", "kind-3": "yes_no",
    }  # fmt: skip

    answer = compliance.client.post(reverse("checklist_edit", args=[checklist.pk]), lines)

    assert answer["Location"] == reverse("checklist", args=[checklist.pk])
    asked = questions_of(checklist.versions.get())
    assert [(one.text, one.kind, one.article, one.fails) for one in asked] == [
        ("第一问", "date", "", False),
        ("第二问", "yes_no", "82-15", True),
    ]
    page = compliance.client.get(reverse("checklist", args=[checklist.pk])).content.decode()
    assert page.index("第一问") < page.index("第二问")


def test_what_was_typed_stays_beside_the_fault(compliance):
    compliance.client.post(reverse("checklist_add"), {"name": "自用", "code": "own", "purpose": ""})
    checklist = Checklist.objects.get(code="own")
    lines = {"line": "1", "text-1": "问什么", "place-1": "10", "kind-1": "yes_no", "article-1": "no-such"}

    compliance.client.cookies["django_language"] = "en"
    page = compliance.client.post(reverse("checklist_edit", args=[checklist.pk]), lines).content.decode()

    assert 'value="问什么"' in page
    assert "no article no-such" in page
    assert not checklist.versions.get().items.exists()


def by_hand(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
