from django.db import migrations


class Migration(migrations.Migration):
    """The running part of a rectification's number: a sequence, so that two sweeps never wait for each other."""

    dependencies = [("audits", "0005_episodes_only_end")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE rectification_number",
            reverse_sql="DROP SEQUENCE rectification_number",
        )
    ]
