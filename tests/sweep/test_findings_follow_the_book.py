"""What a sweep opens, closes, changes and reopens, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from audits.choices import EpisodeEnd, FindingState, RectificationState
from audits.models import Finding, FindingEpisode, Rectification
from authenticity.hashing import value_hash
from authenticity.operations.settings import change_setting
from policies.choices import PolicyStatus
from tests.factories import AT, make_agency, make_branch, make_form, make_party, make_policy
from tests.rules.book import Book, amend, another_holder, clean_book, recorded, rewrite, wrong_check_digit
from tests.sweep.sweeping import episodes, findings, rectifications, sweep

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
MUCH_LATER = AT + timedelta(days=2)


@pytest.fixture
def book(db: None) -> Book:
    return clean_book()


def only() -> Finding:
    return Finding.objects.get()


def test_a_clean_book_leaves_no_finding(book: Book):
    assert sweep().result == {"opened": 0, "reopened": 0, "changed": 0, "closed": 0}
    assert not Finding.objects.exists()


def test_a_finding_stands_as_the_policy_answers_for_it(book: Book, settings):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    finding = only()
    assert (finding.rule, finding.field, finding.severity, finding.kind) == (
        "PH-001",
        "mobile",
        "ERROR",
        "false",
    )
    assert finding.answering_policy == book.policy
    assert (finding.answering_branch, finding.answering_agency) == (book.policy.branch, book.agency)
    assert finding.answering_seller == book.seller
    assert finding.subject_key == book.holder.number
    assert finding.value_hash == value_hash("mobile", "1392046185", settings.HASH_KEY)
    assert "2046185" not in finding.value_masked
    assert finding.due_on == date(2026, 12, 11)
    assert finding.rectification == Rectification.objects.get()


def test_nothing_personal_is_kept_in_the_clear(book: Book):
    rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no), mobile="13800138000", name="段思远2")
    sweep()
    said = " ".join(Finding.objects.values_list("value_masked", flat=True))
    for raw in (book.holder.id_no, book.holder.mobile, book.holder.name):
        assert raw not in said


def test_sweeping_twice_changes_nothing(book: Book):
    rewrite(book.holder, mobile="1392046185", address="")
    sweep()
    before = findings(), episodes(), rectifications(), list(Finding.objects.values())
    sweep(LATER)
    assert (findings(), episodes(), rectifications(), list(Finding.objects.values())) == before


def test_the_open_findings_of_one_subject_are_one_rectification_due_at_the_earliest(book: Book):
    rewrite(book.holder, mobile="1392046185", address="")
    sweep()
    rectification = Rectification.objects.get()
    assert rectification.findings.count() == 2
    assert rectification.due_on == date(2026, 11, 27) == min(f.due_on for f in Finding.objects.all())
    assert rectification.number.startswith("ZG-20261120-")


def test_a_policy_and_a_customer_are_two_subjects(book: Book):
    rewrite(book.holder, mobile="1392046185")
    amend(book.policy, seller_name="")
    sweep()
    assert [row[:2] for row in rectifications()] == [
        (book.holder.number, None),
        (None, book.policy.number),
    ]


def test_what_another_road_put_right_closes_by_itself(book: Book):
    good = book.holder.mobile
    rewrite(book.holder, mobile="1392046185")
    sweep()
    rewrite(book.holder, mobile=good)
    sweep(LATER)
    assert only().state == FindingState.CLOSED
    assert episodes() == [("PH-001", book.holder.number, 1, "opened", EpisodeEnd.OTHER_ROAD)]
    assert Rectification.objects.get().state == RectificationState.CLOSED


def test_a_finding_that_recurs_reopens_the_same_rectification_and_counts(book: Book):
    good = book.holder.mobile
    rewrite(book.holder, mobile="1392046185")
    sweep()
    first = only().pk, Rectification.objects.get().pk
    rewrite(book.holder, mobile=good)
    sweep(LATER)
    rewrite(book.holder, mobile="1392046185")
    sweep(MUCH_LATER)
    assert (only().pk, Rectification.objects.get().pk) == first
    assert only().reopened == 1
    assert (Rectification.objects.get().state, Rectification.objects.get().reopened) == ("open", 1)
    assert [row[2:] for row in episodes()] == [(1, "opened", "other_road"), (2, "reopened", "")]


def test_a_surrendered_policy_ends_its_findings(book: Book):
    rewrite(book.holder, mobile="1392046185")
    amend(book.policy, seller_name="")
    sweep()
    amend(book.policy, status=PolicyStatus.SURRENDERED)
    sweep(LATER)
    assert {row[4] for row in episodes()} == {EpisodeEnd.POLICY_ENDED}


def test_a_rule_switched_off_closes_its_findings(book: Book):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    change_setting(code="PH-001", enabled=False, severity="", parameters={}, at=AT)
    sweep(LATER)
    assert [row[4] for row in episodes()] == [EpisodeEnd.RULE_OFF]


def test_a_changed_severity_is_a_dated_row_of_the_same_episode(book: Book):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    change_setting(code="PH-001", enabled=True, severity="BLOCK", parameters={}, at=AT)
    sweep(LATER)
    assert (only().severity, only().rule_version) == ("BLOCK", 2)
    assert only().due_on == date(2026, 11, 27)
    assert [row[2:] for row in episodes()] == [(1, "opened", "changed"), (1, "changed", "")]


def test_information_opens_no_rectification(book: Book):
    change_setting(code="PH-001", enabled=True, severity="INFO", parameters={}, at=AT)
    rewrite(book.holder, mobile="1392046185")
    sweep()
    assert only().due_on is None
    assert not Rectification.objects.exists()


def test_the_policy_whose_form_says_the_value_answers(book: Book):
    """Two policies: the later one's form has another number, so the earlier one answers."""
    make_policy(branch=make_branch(), holder=book.holder, applied_on=date(2026, 1, 1))
    make_form(policy=book.policy, says_normal={"holder.mobile": "1392046185"})
    rewrite(book.holder, mobile="1392046185")
    sweep()
    assert Finding.objects.get(rule="PH-001").answering_policy == book.policy


def test_else_the_latest_policy_in_scope_answers(book: Book):
    later = make_policy(
        seller=book.seller, holder=book.holder, applied_on=date(2026, 1, 1), **recorded(book.agency_branch)
    )
    rewrite(book.holder, mobile="1392046185")
    sweep()
    assert only().answering_policy == later


def test_a_finding_that_answers_elsewhere_moves_to_the_right_rectification(book: Book):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    first = Rectification.objects.get()
    elsewhere = make_agency(branch=book.branch)
    amend(book.policy, agency=elsewhere)
    sweep(LATER)
    second = Rectification.objects.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert only().rectification == second
    assert (second.agency, second.state) == (elsewhere, "open")
    assert first.state == RectificationState.CLOSED
    assert [entry.action for entry in first.timeline.order_by("id")][-2:] == ["moved_away", "settle"]


def test_correcting_one_sharer_frees_the_other(book: Book):
    other = another_holder(book)
    for customer in (book.holder, other):
        rewrite(customer, mobile="13920461857")
    sweep()
    assert Finding.objects.filter(rule="PH-024", state="open").count() == 2
    rewrite(other, mobile="13757219364")
    sweep(LATER, customer_ids=[other.pk], policy_ids=[])
    assert Finding.objects.filter(rule="PH-024", state="open").count() == 0


def test_one_rule_alone_leaves_the_others_findings(book: Book):
    rewrite(book.holder, mobile="1392046185", address="")
    sweep()
    rewrite(book.holder, mobile="13757219364", address="北京市东城区东华门街道锡拉胡同5号院2号楼401室")
    sweep(LATER, codes=["PH-001"])
    assert dict(Finding.objects.values_list("rule", "state")) == {"PH-001": "closed", "REQ-003": "open"}


def test_a_customer_who_is_party_to_nothing_in_scope_is_left_alone(book: Book):
    amend(book.policy, in_scope=False)
    rewrite(book.holder, mobile="1")
    sweep()
    assert not Finding.objects.exists()


def test_an_episode_only_ends_once(book: Book):
    from django.db import InternalError, ProgrammingError, transaction

    rewrite(book.holder, mobile="1392046185")
    sweep()
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        FindingEpisode.objects.update(severity="INFO")
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        FindingEpisode.objects.all().delete()


def test_a_party_as_written_alone_is_judged_on_its_policy(book: Book):
    from tests.rules.book import rewrite_party

    rewrite_party(book.beneficiary, id_no="110101198506151")
    rewrite_party(book.beneficiary, id_no="11010119850615103")
    sweep()
    assert (only().policy, only().field, only().part) == (
        book.policy,
        "beneficiary.id_no",
        "beneficiary:death:1",
    )


def test_roles_that_a_rule_does_not_cover_are_silent(book: Book):
    """An insured needs no phone of her own."""
    rewrite(book.insured, mobile="", landline="", address="")
    make_party(policy=book.policy, customer=book.insured, role="insured", position=2)
    rewrite(book.insured, mobile="")
    sweep()
    assert not Finding.objects.filter(rule__in=["REQ-002", "REQ-003", "PH-001"]).exists()


def test_a_past_state_of_a_policy_does_not_change(book: Book):
    from django.db import InternalError, ProgrammingError, transaction

    from policies.models import PolicyState

    PolicyState.objects.update(recorded_to=LATER)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        PolicyState.objects.update(status=PolicyStatus.LAPSED)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        PolicyState.objects.all().delete()
