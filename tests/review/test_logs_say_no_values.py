"""An error of the database repeats the row it refused; the log must not."""

import logging
import sys

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from customers.models import Customer
from tests.factories import make_customer

NAME = "欧阳试探"


def as_logged(error: BaseException) -> str:
    """The line that the product's own handler would write."""
    from logging.config import DictConfigurator

    spec = settings.LOGGING["formatters"]["line"]
    formatter = DictConfigurator({"version": 1}).configure_formatter(dict(spec))
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x/",), None
    )
    record.exc_info = (type(error), error, error.__traceback__)
    return formatter.format(record)


def test_a_refused_row_is_not_repeated(here):
    number = make_customer(home_branch=here).number
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        make_customer(home_branch=here, number=number)
    line = as_logged(caught.value)
    assert number in str(caught.value)
    assert number not in line
    assert "IntegrityError" in line
    assert "customers_customer_number" in line
    assert "test_logs_say_no_values" in line


def test_a_value_too_long_or_misshapen_is_not_repeated(here):
    customer = make_customer(home_branch=here)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Customer.objects.filter(pk=customer.pk).extra(where=["birth_date = %s"], params=[NAME]).exists()
    assert NAME in str(caught.value)
    assert NAME not in as_logged(caught.value)


def test_a_value_in_an_error_of_ours_is_not_repeated():
    try:
        float(NAME)
    except ValueError as error:
        caught = error
    assert NAME in str(caught)
    assert NAME not in as_logged(caught)
    assert sys.exc_info() == (None, None, None)
