from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0010_gates")]

    operations = [
        migrations.AddField(
            model_name="sweep",
            name="marks",
            field=models.JSONField(
                blank=True, default=dict, editable=False, verbose_name="How far it saw"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["value_hash"], name="finding_open_of_value"
            ),
        ),
    ]
