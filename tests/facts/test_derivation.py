"""The facts of one field, of a row and of many rows are the same facts."""

import pickle
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.facts import (
    COLUMNS,
    CUSTOMER_READS,
    CUSTOMER_WRITES,
    FACT_COLUMNS,
    PERSON_COLUMNS,
    PERSON_READS,
    PERSON_WRITES,
    SOURCE_FIELDS,
    derive,
    derive_customers_again,
    derive_many,
    derive_one,
    derive_person,
    derive_persons_again,
    derive_row,
)
from customers.models import Customer
from customers.written import DOCUMENT_WORDS
from policies.models import PolicyParty
from tests.authenticity.numbers import citizen_number
from tests.authenticity.test_kernel_is_total import TEXTS
from workplace.intake.shapes import Misshapen

WRITTEN = {
    "name": "王小明",
    "sex": "男",
    "birth_date": "1980-02-15",
    "id_type": "居民身份证",
    "id_no": citizen_number(),
    "id_valid_from": "2016/05/17",
    "id_valid_to": "长期",
    "nationality": "中国",
    "mobile": "138 1234 0987",
    "landline": "010-88993108",
    "address": "北京市朝阳区建国路100号2栋301室",
    "postcode": "100022",
    "email": "wang@Example.com",
}
FREE = ("name", "id_no", "mobile", "landline", "address", "postcode", "email")
PEOPLE = st.fixed_dictionaries(
    {
        "id_type": st.sampled_from(["", *DOCUMENT_WORDS]),
        **{field: st.one_of(st.just(WRITTEN[field]), TEXTS) for field in FREE},
    }
)


def told(values: dict[str, Any]) -> tuple[Any, ...] | str:
    try:
        columns = derive({field: values.get(field, "") for field in SOURCE_FIELDS})
    except Misshapen as error:
        return error.code
    return tuple(columns[name] for name in FACT_COLUMNS)


@given(values=PEOPLE)
@settings(max_examples=300)
def test_a_row_holds_what_its_fields_hold(values: dict[str, str]) -> None:
    once = derive_many([values])[0]
    assert (once.code if isinstance(once, Misshapen) else once) == told(values)


@given(values=PEOPLE)
@settings(max_examples=300)
def test_what_is_stored_derives_to_itself(values: dict[str, str]) -> None:
    if isinstance(told(values), str):
        return
    row = derive({field: values.get(field, "") for field in SOURCE_FIELDS})
    (again,) = derive_customers_again([[row[name] for name in CUSTOMER_READS]])
    assert again == tuple(row[name] for name in CUSTOMER_WRITES)
    (person,) = derive_persons_again([[row[name] for name in PERSON_READS]])
    assert person == tuple(row[name] for name in PERSON_WRITES)


@given(values=PEOPLE)
@example(values=dict.fromkeys(FREE, "㍿" * 12))
@example(
    values={field: "㍿" * 50 for field in FREE if field not in ("postcode", "id_no")} | {"id_no": "㍿" * 60}
)
def test_every_text_can_be_stored(values: dict[str, str]) -> None:
    if isinstance(told(values), str):
        return
    for name, value in derive(values).items():
        limit = getattr(Customer._meta.get_field(name), "max_length", None)
        assert limit is None or len(value) <= limit, name


def test_each_column_of_a_person_is_derived_by_one_field() -> None:
    assert len(set(FACT_COLUMNS)) == len(FACT_COLUMNS)
    derived = set(FACT_COLUMNS) | {"facts_version"}
    assert derived <= {field.name for field in Customer._meta.get_fields()}
    assert set(PERSON_COLUMNS) <= {field.name for field in PolicyParty._meta.get_fields()}
    assert tuple(COLUMNS) == SOURCE_FIELDS
    assert set(derive_person(WRITTEN)) == {*PERSON_COLUMNS, "facts_version"}


def test_no_two_rows_share_what_one_of_them_may_change() -> None:
    first, second = derive_row(WRITTEN), derive_row(WRITTEN)
    for one, other in zip(first, second, strict=True):
        assert not isinstance(one, list) or one is not other


def test_a_row_without_shape_is_told_by_its_field_and_can_be_sent_on() -> None:
    rows = [WRITTEN, {**WRITTEN, "birth_date": "1980-02-30"}, {**WRITTEN, "sex": "狗"}]
    fine, day, sex = pickle.loads(pickle.dumps(derive_many(rows)))  # noqa: S301 - made one line above
    assert fine == derive_row(WRITTEN)
    assert isinstance(day, Misshapen)
    assert (day.code, day.field) == ("date_impossible", "birth_date")
    assert isinstance(sex, Misshapen)
    assert (sex.code, sex.field) == ("not_allowed", "sex")


@pytest.mark.parametrize(
    "kind, number, key",
    [
        ("resident_id", "110101800215123", citizen_number()),
        ("household_register", "110101800215123", citizen_number()),
        ("other", "110101800215123", "110101800215123"),
        ("resident_id", citizen_number(), citizen_number()),
        ("passport", " e12345678", "E12345678"),
        ("resident_id", "", ""),
    ],
)
def test_an_old_number_and_the_one_it_became_are_one_person(kind: str, number: str, key: str) -> None:
    assert derive({"id_type": kind, "id_no": number})["id_key"] == key


@pytest.mark.parametrize("field", SOURCE_FIELDS)
def test_a_field_read_alone_is_read_as_with_the_others_and_may_be_altered(field: str) -> None:
    together = derive(WRITTEN)

    first = derive_one(field, WRITTEN)
    assert first == {column: together[column] for column in COLUMNS[field]}
    first.clear()
    assert derive_one(field, WRITTEN) == {column: together[column] for column in COLUMNS[field]}


def test_two_spellings_of_a_place_have_one_key_and_a_vague_one_has_none() -> None:
    def key(text: str) -> int | None:
        found: int | None = derive({"address": text})["address_key"]
        return found

    assert key("北京市朝阳区建国路100号2栋301室") == key("北京朝阳区 建国路１００号2栋,301室") != None  # noqa: E711
    assert key("北京市朝阳区建国路100号2栋301室") != key("北京市朝阳区建国路100号2栋302室")
    assert [key(text) for text in ("", "北京市朝阳区", "河北省张家口市蔚县宋家庄镇邢家庄村", "1号")] == [
        None
    ] * 4


def test_blanks_around_a_name_are_kept_as_written_and_told() -> None:
    columns = derive({"name": " 王小明"})
    assert (columns["name_raw"], columns["name"], columns["name_marks"]) == (" 王小明", "王小明", ["NM-009?"])
