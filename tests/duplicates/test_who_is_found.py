"""Every way in which one person gets a second record is found; who only looks alike is not, or is marked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from customers.duplicates.comparing import Crowds, Person, compare
from customers.duplicates.likeness import near_date, one_slip, same_sound
from customers.models import Customer
from customers.operations.duplicates import change_thresholds
from tests import factories as make
from tests.duplicates.people import again, found, one, pair_of
from tests.factories import AT, resident_id
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def levels(pair: Any) -> dict[str, str]:
    return {field: level for field, level, _weight in pair.explanation}


def slipped(number: str, place: int) -> str:
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def test_the_same_number_with_other_contacts_is_found_and_says_why():
    first = one()
    pair = pair_of(first, again(first))
    assert pair is not None
    assert "document" in pair.kinds
    assert levels(pair) == {
        "id_no": "same", "name": "same", "birth_date": "same", "sex": "same", "mobile": "differs",
    }  # fmt: skip
    assert pair.score == sum(weight for _field, _level, weight in pair.explanation)


def test_a_number_of_fifteen_digits_is_the_one_of_eighteen():
    number = resident_id(born=date(1971, 3, 9))
    first = one(id_no=number, born=date(1971, 3, 9))
    pair = pair_of(first, again(first, id_no=number[:6] + number[8:17]))
    assert pair is not None
    assert levels(pair)["id_no"] == "same"


def test_name_and_birth_date_find_who_has_no_number():
    first = one()
    pair = pair_of(first, again(first, id_no="", id_type=""))
    assert pair is not None
    assert pair.kinds == ["birth"]


@pytest.mark.parametrize("place", [2, 8, 12, 15])
def test_one_wrong_digit_of_the_number_is_found_although_the_phone_differs(place: int):
    first = one()
    second = again(first, id_no=slipped(first.id_no, place))
    pair = pair_of(first, second)
    assert pair is not None
    assert levels(pair)["id_no"] == "slip"


def test_two_digits_in_each_others_place_are_found():
    first = one(id_no=resident_id(order=127))
    number = first.id_no
    swapped = number[:15] + number[16] + number[15] + number[17]
    assert swapped != number
    pair = pair_of(first, again(first, id_no=swapped))
    assert pair is not None
    assert levels(pair)["id_no"] == "slip"


def test_a_slip_in_the_number_and_the_birth_date_that_follows_it_is_found_without_a_common_phone():
    first = one()
    number = first.id_no[:13] + "6" + first.id_no[14:]
    pair = pair_of(first, again(first, id_no=number, birth_date="1985-06-16"))
    assert pair is not None
    assert pair.kinds == ["slip"]
    assert levels(pair)["birth_date"] == "slip"


def test_a_name_of_the_same_sound_on_the_same_phone_is_found_without_a_number():
    first = one(name="张伟明")
    pair = pair_of(first, again(first, name="章玮铭", id_no="", id_type="", mobile=first.mobile))
    assert pair is not None
    assert levels(pair)["name"] == "sound"
    assert "mobile" in pair.kinds


def test_a_wrong_sign_in_the_name_beside_the_same_number_is_found():
    first = one(name="张伟明")
    pair = pair_of(first, again(first, name="张伟朋"))
    assert pair is not None
    assert levels(pair)["name"] == "slip"


def test_two_valid_numbers_are_two_people_whatever_else_agrees():
    first = one()
    second = again(first, id_no=resident_id(), mobile=first.mobile)
    assert first.id_no != second.id_no
    assert pair_of(first, second) is None


def test_spouses_on_one_phone_and_address_are_not_found():
    first = one(name="张伟明")
    spouse = make.make_customer(
        name="李秀兰", sex="F", born=date(1987, 1, 2), id_no=resident_id(born=date(1987, 1, 2), order=28),
        mobile=first.mobile, address=first.address,
    )  # fmt: skip
    assert spouse.mobile == first.mobile
    assert pair_of(first, spouse) is None


def test_twins_with_numbers_are_not_found_and_without_are_marked_as_such():
    first = one(name="王小明")
    shared = {"mobile": first.mobile, "address": first.address_raw}
    assert pair_of(first, again(first, name="王小红", id_no=resident_id(), **shared)) is None
    left = one(name="赵大龙", id_no="", id_type="")
    right = again(left, name="赵大虎", mobile=left.mobile, address=left.address_raw)
    pair = pair_of(left, right)
    assert pair is not None
    assert pair.siblings


def test_the_same_common_name_alone_is_not_enough():
    first = one(name="王伟")
    other = make.make_customer(name="王伟", born=date(1990, 2, 3))
    assert pair_of(first, other) is None


def test_a_mobile_that_many_hold_says_little():
    first = one(name="张伟明")
    second = again(first, name="章玮铭", id_no="", id_type="", birth_date="", mobile=first.mobile)
    assert pair_of(first, second) is not None
    for place in range(4):
        make.make_customer(name=f"过客{'甲乙丙丁'[place]}", mobile=first.mobile)
    assert pair_of(first, second) is None


def test_placeholder_numbers_find_nobody():
    first = one(name="甲某", id_no="000000", born=date(1980, 1, 1))
    second = make.make_customer(name="乙某", id_no="000000", born=date(1990, 2, 2))
    assert first.id_key == second.id_key
    assert found() == {}


def test_whoever_was_merged_is_found_no_more():
    first = one()
    second = again(first)
    third = one(name="钱三")
    assert pair_of(first, second) is not None
    Customer.objects.filter(pk=second.pk).update(merged_into=third)
    assert found() == {}


def test_a_higher_threshold_shows_fewer_pairs(compliance: Persona):
    first = one()
    second = again(first, id_no="", id_type="")
    assert pair_of(first, second) is not None
    values = {"review_from": 40, "likely_from": 45, "certain_from": 50}
    change_thresholds(values=values, actor=compliance.staff, at=AT)
    assert pair_of(first, second) is None


def test_the_search_says_the_same_every_time():
    first = one()
    again(first)
    again(first, id_no="", id_type="")
    assert {key: (p.score, p.explanation) for key, p in found().items()} == {
        key: (p.score, p.explanation) for key, p in found().items()
    }


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [("1234", "1243", True), ("1234", "1235", True), ("1234", "123", True), ("1234", "1234", False),
     ("1234", "4321", False), ("1234", "1324", True), ("12", "1234", False), ("", "", False)],
)  # fmt: skip
def test_one_slip(left: str, right: str, alike: bool):
    assert one_slip(left, right) is alike
    assert one_slip(right, left) is alike


def test_sounds_and_dates():
    assert same_sound("张玮", "章伟")
    assert not same_sound("张伟", "李伟")
    assert not same_sound("", "")
    assert near_date("1985-06-05", "1985-05-06")
    assert near_date("1985-06-15", "1985-06-16")
    assert not near_date("1985-06-15", "1990-01-01")


def test_comparing_is_symmetric():
    left = Person("王小明", "M", "1985-06-15", "resident_id", "110101198506153019", True, "13900000001")
    right = left._replace(name="王晓明", mobile="13900000002", id_key="110101198506153091", id_valid=False)
    assert compare(left, right, Crowds()) == compare(right, left, Crowds())
