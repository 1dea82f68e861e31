from django.db import migrations, models


class Migration(migrations.Migration):
    """A search for a person is an access, and sharing a view a right of its own; no column changes."""

    dependencies = [("workplace", "0006_office_day")]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="access",
            field=models.CharField(
                choices=[
                    ("reveal", "Revealed a field"),
                    ("open", "Opened for work"),
                    ("export", "Exported"),
                    ("download", "Downloaded a file"),
                    ("print", "Printed"),
                    ("search", "Searched"),
                ],
                max_length=10,
                verbose_name="Access",
            ),
        ),
        migrations.AlterModelOptions(
            name="savedview",
            options={
                "ordering": ["page", "name"],
                "permissions": [("share_savedview", "May share a saved view with the unit or with everybody")],
                "verbose_name": "Saved view",
                "verbose_name_plural": "Saved views",
            },
        ),
    ]
