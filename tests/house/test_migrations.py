"""Migrations say what the models say, and what they are for."""

import re

import pytest
from django.core.management import call_command

from tests.house.sources import APPS, ROOT

NAME = re.compile(r"^[0-9]{4}_(?!auto_|alter_|remove_.*_more$)[a-z][a-z0-9_]+$")


def migrations() -> list[str]:
    found = (path for app in APPS for path in (ROOT / app / "migrations").glob("*.py"))
    return [path.stem for path in found if path.name != "__init__.py"]


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_migration_is_named_after_its_purpose():
    assert len(migrations()) >= len(APPS)
    assert [name for name in migrations() if not NAME.match(name)] == []


def test_the_check_sees_a_machine_name():
    machine = ["0002_auto_20260101_0000", "0003_alter_customer_name", "seed"]
    assert [bool(NAME.match(name)) for name in machine] == [False, False, False]
    assert NAME.match("0001_initial")
    assert NAME.match("0002_outlet_phones")
