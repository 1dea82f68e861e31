from django.db import migrations

from workplace.statistics import COUNT_GROWN_SQL


class Migration(migrations.Migration):
    dependencies = [
        ("workplace", "0011_statistics"),
    ]

    operations = [
        migrations.RunSQL(COUNT_GROWN_SQL, migrations.RunSQL.noop),
    ]
