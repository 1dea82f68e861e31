from datetime import date

import pytest

from authenticity.validity import age_on, parse_date, parse_valid_to, print_valid_to


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "20261122",
        "2026年11月22日",
        " 2026/11/22 ",
        "２０２６-11-22",
        "2026-11-22 00:00:00",
        "2026/11/22 0:00:00",
        "2026-11-22T00:00",
        "2026年11月22",
    ],
)
def test_a_date_is_read_in_every_usual_spelling(text: str) -> None:
    assert parse_date(text).value == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["2026-02-30", "2026/13/01", "20260230", "0000-01-01", "2023-02-29"])
def test_an_impossible_date_is_called_impossible(text: str) -> None:
    assert (parse_date(text).value, parse_date(text).problem) == (None, "impossible")


@pytest.mark.parametrize(
    "text", ["tomorrow", "22/11/2026", "2026-11/22", "202611", "46348", "2026-11-22 13:00"]
)
def test_what_is_no_date_is_a_matter_of_format(text: str) -> None:
    assert (parse_date(text).value, parse_date(text).problem) == (None, "format")


@pytest.mark.parametrize(
    "text",
    [
        "9999-99-99",
        "9999/99/99",
        "9999-12-31",
        "9999-12-30",
        "9999.12.31",
        "99991231",
        "99999999",
        "9999年12月31日",
        "长期",
        "长期有效",
        "Permanent",
        "PERMANENT",
        " 长期 ",
        "9999-12-31 00:00:00",
        "9999/01/01",
    ],
)
def test_every_sentinel_is_long_term_and_printed_back_one_way(text: str) -> None:
    value, long_term, problem = parse_valid_to(text)
    assert (value, long_term, problem) == (None, True, "")
    assert print_valid_to(value, long_term) == "9999/99/99"


def test_an_end_date_is_printed_with_slashes() -> None:
    assert print_valid_to(*parse_valid_to("2031-01-05")[:2]) == "2031/01/05"
    assert print_valid_to(None, False) == ""


@pytest.mark.parametrize("text, problem", [("", "empty"), ("soon", "format"), ("2026-02-30", "impossible")])
def test_an_end_that_cannot_be_read_says_why(text: str, problem: str) -> None:
    assert parse_valid_to(text) == (None, False, problem)


def test_a_birthday_counts_from_its_day() -> None:
    assert age_on(date(2008, 11, 23), date(2026, 11, 22)) == 17
    assert age_on(date(2008, 11, 22), date(2026, 11, 22)) == 18
