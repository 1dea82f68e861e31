"""An owner's open rectifications in the order of their days, for the queue's first page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0017_sizes_are_said"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["owner", "due_on"],
                name="rectification_in_hand",
            ),
        ),
    ]
