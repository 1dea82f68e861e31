"""Beside a correction stands what the form says of this customer, never what it says of another person."""

import pytest
from django.urls import reverse

from policies.choices import PartyRole
from policies.models import Policy
from tests.factories import make_customer, make_form, make_party
from tests.personas import Persona
from tests.rectification.scenes import given

pytestmark = pytest.mark.django_db


def test_another_persons_words_on_the_same_form_are_not_shown(clerk: Persona, manager: Persona, here) -> None:
    rectification = given(here, clerk, manager)
    policy = Policy.objects.get(parties__customer=rectification.customer_id)
    child = make_customer(home_branch=here, mobile="13926740059")
    make_party(policy=policy, customer=child, role=PartyRole.INSURED, relation="son")
    make_form(policy=policy, says={"holder.mobile": "1381234567", "insured.mobile": "13926740059"})

    page = clerk.client.get(reverse("rectification", args=[rectification.pk])).content.decode()

    assert "1381234567" in page
    assert "13926740059" not in page
