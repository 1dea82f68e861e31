from django.db import migrations, models


class Migration(migrations.Migration):
    """A value may come from the customer's online account (requirement 133); no column changes."""

    dependencies = [("workplace", "0007_search_and_sharing")]

    operations = [
        migrations.AlterField(
            model_name="ledgerentry",
            name="source_channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("document", "Document seen"),
                    ("form", "Application form"),
                    ("phone", "Told by phone"),
                    ("counter", "At the counter"),
                    ("signed", "Signed letter"),
                    ("seller", "From the seller"),
                    ("online", "From the customer's online account"),
                ],
                max_length=20,
                verbose_name="Source",
            ),
        ),
    ]
