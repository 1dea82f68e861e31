from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

# Working days after the due date, and who is told.
STEPS = ((-3, "owner"), (0, "owner"), (1, "manager"), (5, "compliance"))
# How often a field of a signed form may be corrected (practice of the insurers; compliance changes it).
NEVER = ("name", "sex", "birth_date", "nationality", "id_type", "id_no", "id_valid_from", "id_valid_to",
         "beneficiary", "signature")  # fmt: skip
TWICE = (
    "mobile",
    "landline",
    "email",
    "address",
    "postcode",
    "account_no",
    "account_owner",
    "share",
    "order",
)


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    def rows(name: str) -> Any:
        return apps.get_model("audits", name)._default_manager.using(editor.connection.alias)

    rows("RectificationSettings").get_or_create(pk=1)
    for days, to in STEPS:
        rows("EscalationStep").get_or_create(days=days, defaults={"to": to})
    for most, fields in ((0, NEVER), (2, TWICE)):
        for field in fields:
            rows("CorrectionLimit").get_or_create(field=field, defaults={"most": most})
    rows("Rectification").filter(due_from__isnull=True).update(due_from=F("due_on"))


class Migration(migrations.Migration):
    dependencies = [("audits", "0012_closure")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
