"""Images of forms show children to few, run nothing; tables run nothing either."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from policies.models import FormPage
from tests.factories import AT, make_customer, make_form, make_party, make_policy, make_seller, resident_id
from tests.rectification.scenes import image
from workplace.choices import FilePurpose
from workplace.intake.workbooks import csv_of
from workplace.operations.files import store_file


def page_of_a_form(here, owner, *, born=date(1985, 6, 15), media_type="image/png") -> str:
    """The holder is grown up; the insured was born that day."""
    policy = make_policy(holder=make_customer(home_branch=here), seller=make_seller(branch=here))
    number = {"id_no": resident_id(born=born), "birth_date": born.isoformat()}
    make_party(policy=policy, customer=make_customer(home_branch=here, **number), role="insured")
    file = store_file(
        content=ContentFile(image()),
        name="form.png",
        purpose=FilePurpose.EVIDENCE,
        owner=owner,
        at=AT,
        media_type=media_type,
    )
    page = FormPage.objects.create(form=make_form(policy=policy), page=1, image=file)
    return reverse("form_page", args=[page.form_id, 1])


def test_a_childs_form_is_for_those_with_the_right_to_see_it(here, clerk, manager):
    address = page_of_a_form(here, clerk.staff, born=date(2022, 3, 1))
    assert clerk.client.get(address).status_code == 404
    assert manager.client.get(address).status_code == 200


def test_a_form_of_adults_is_shown_and_runs_nothing(here, clerk):
    answer = clerk.client.get(page_of_a_form(here, clerk.staff))
    assert answer.status_code == 200
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_is_no_image_is_not_served(here, clerk):
    assert clerk.client.get(page_of_a_form(here, clerk.staff, media_type="text/html")).status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "\t=1"])
def test_no_cell_of_a_table_is_a_formula(cell):
    assert csv_of([[cell]]).decode("utf-8-sig").strip("\r\n").lstrip('"').startswith("'")


@pytest.mark.parametrize("cell", ["+852 6123 4567", "-3.50", "13812345678", "段思达", "9999/99/99"])
def test_every_other_cell_stays_as_it_is(cell):
    assert csv_of([[cell]]).decode("utf-8-sig").strip() == cell
