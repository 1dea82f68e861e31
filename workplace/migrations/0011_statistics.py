from django.db import migrations

from workplace.statistics import COUNT_GROWN_SQL


class Migration(migrations.Migration):
    dependencies = [
        ("workplace", "0010_secrets_leave_no_past"),
    ]

    operations = [
        migrations.RunSQL(COUNT_GROWN_SQL, "DROP FUNCTION public.count_grown_tables()"),
    ]
