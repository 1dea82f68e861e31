"""What the catalogue applies when a value is written, filters by, or warns against: none opens a finding."""

from __future__ import annotations

from datetime import date

import pytest

from agents.models import Branch
from audits.catalogue import catalogue
from audits.choices import Cohort
from audits.evaluation import evaluate
from audits.judging import Judge
from authenticity.choices import Severity, Stage
from authenticity.queries import load_values
from customers.models import ContactAttempt
from customers.operations.contacts import ContactRefused
from policies.choices import PolicyStatus
from policies.operations.states import refresh_serving_units
from tests.call_backs.scenes import called, waiting
from tests.factories import TODAY, resident_id
from tests.personas import Persona
from tests.rules.book import Book, amend, clean_book, codes_found, rewrite

pytestmark = pytest.mark.django_db

ENDLESS = (
    "9999-99-99",
    "9999/99/99",
    "9999-12-31",
    "9999-12-30",
    "长期",
    "长期有效",
    "permanent",
    "99991231",
)


def silent(book: Book) -> bool:
    """The holder's every rule has been asked, and none has anything to say."""
    return codes_found(customer_ids=[book.holder.pk], policy_ids=[book.policy.pk]) == set()


@pytest.mark.parametrize("written", ENDLESS)
def test_val_008_every_word_for_without_end_becomes_long_term(written: str):
    assert "VAL-008" not in catalogue()
    book = clean_book()
    born = date(1960, 6, 15)
    rewrite(
        book.holder,
        birth_date=born.isoformat(),
        id_no=resident_id(born=born),
        id_valid_from="2010-06-15",
        id_valid_to=written,
    )
    assert (book.holder.id_long_term, book.holder.id_valid_to) == (True, None)
    assert silent(book)


def test_po_004_a_call_back_is_noted_only_at_a_number_on_file(here: Branch, clerk: Persona):
    assert "PO-004" not in catalogue()
    found = waiting(here)
    with pytest.raises(ContactRefused):
        called(found, clerk, "another", note="接听号码13826740001")
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize("dot", "•‧∙・･．.。·")
def test_nm_003_every_dot_between_characters_becomes_one_middle_dot(dot: str):
    assert "NM-003" not in catalogue()
    book = clean_book()
    rewrite(book.holder, name=f"{dot}阿卜杜拉{dot}{dot}买买提{dot}")
    assert book.holder.name == "阿卜杜拉·买买提"
    assert silent(book)


def test_id_015_a_county_younger_than_its_holder_is_no_defect():
    """Shapingba's neighbour Yubei became a district in 1994; the number follows the registration."""
    assert "ID-015" not in catalogue()
    book = clean_book()
    rewrite(book.holder, id_no=resident_id(born=date(1985, 6, 15), division="500112"))
    assert silent(book)


@pytest.mark.parametrize(
    "outside", [{"in_scope": False}, {"status": PolicyStatus.SURRENDERED}, {"status": PolicyStatus.MATURED}]
)
def test_scp_001_what_is_out_of_scope_or_has_ended_is_not_looked_at(outside: dict[str, object]):
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    amend(book.policy, seller_name="")
    assert codes_found() == {"PH-001", "REQ-009"}
    amend(book.policy, **outside)
    refresh_serving_units(policy_ids=[book.policy.pk])
    assert codes_found() == set()


@pytest.mark.parametrize(
    "issued, cohort, severity",
    [
        (date(2013, 11, 3), Cohort.HISTORICAL, Severity.WARN),
        (date(2013, 11, 4), Cohort.NEW, Severity.ERROR),
    ],
)
def test_scp_002_old_business_is_told_apart_and_judged_milder(issued: date, cohort: str, severity: Severity):
    book = clean_book()
    rewrite(book.holder, id_no="110101850615103")
    amend(book.policy, issued_on=issued)
    (hit,) = evaluate(stage=Stage.BOOK, customer_ids=[book.holder.pk], policy_ids=(), today=TODAY)
    said = Judge([hit], load_values(rules=catalogue().values(), today=TODAY)).judge(hit).said
    assert (hit.rule.code, said["cohort"], said["severity"]) == ("ID-002", cohort, severity)
