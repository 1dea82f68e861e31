"""Images of documents are kept by their hash; declared relations keep their past."""

from __future__ import annotations

import pytest

from audits.choices import FindingState
from audits.models import Finding
from audits.operations.evidence import add_evidence
from customers.choices import FamilyTie, ImageSource, TieSource
from customers.models import CustomerImage, Relationship
from customers.operations.images import keep_image
from customers.operations.relationships import RelationRefused, declare_relation, withdraw_relation
from tests.factories import (
    AT,
    make_branch,
    make_customer,
    make_file,
    make_policy,
    make_rectification,
    make_staff,
)
from tests.rectification.scenes import image

pytestmark = pytest.mark.django_db


def test_evidence_about_a_customer_is_an_image_of_that_customer():
    branch = make_branch()
    owner = make_staff(branch=branch)
    rectification = make_rectification(branch=branch, owner=owner)
    for _time in range(2):
        add_evidence(rectification=rectification, name="id.png", content=image(), actor=owner, at=AT)
    kept = CustomerImage.objects.get()
    assert (kept.customer, kept.source) == (rectification.customer, ImageSource.EVIDENCE)
    assert kept.sha256 == kept.file.sha256


def test_one_image_for_two_customers_is_found_at_once_with_both():
    branch = make_branch()
    owner = make_staff(branch=branch)
    customers = [make_customer(home_branch=branch), make_customer(home_branch=branch)]
    for customer in customers:
        make_policy(holder=customer)
        rectification = make_rectification(customer=customer, branch=branch, owner=owner)
        add_evidence(rectification=rectification, name="id.png", content=image(), actor=owner, at=AT)
    found = Finding.objects.filter(rule="IMG-002", state=FindingState.OPEN)
    assert {finding.customer for finding in found} == set(customers)


def test_a_pdf_is_no_image():
    file = make_file(owner=make_staff(), media_type="application/pdf")
    assert keep_image(customer=make_customer(), file=file, source=ImageSource.EVIDENCE, at=AT) is None


def test_a_relation_declared_twice_stands_once_and_its_past_stays():
    one, other, actor = make_customer(), make_customer(), make_staff()
    for relation in (FamilyTie.SIBLING, FamilyTie.SPOUSE):
        declared = declare_relation(
            customer=one, relative=other, relation=relation, source=TieSource.CUSTOMER, actor=actor, at=AT
        )
    assert Relationship.objects.get().relation == FamilyTie.SPOUSE
    assert [row.relation for row in declared.past.all()] == [FamilyTie.SIBLING]
    withdraw_relation(relationship=declared, actor=actor)
    assert not Relationship.objects.exists()


def test_nobody_is_related_to_oneself():
    one = make_customer()
    with pytest.raises(RelationRefused):
        declare_relation(
            customer=one, relative=one, relation=FamilyTie.CHILD, source=TieSource.CUSTOMER,
            actor=make_staff(), at=AT,
        )  # fmt: skip
