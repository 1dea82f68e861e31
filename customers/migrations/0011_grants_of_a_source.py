from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_odd_customers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customergrant",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["source_id", "source"],
                name="customer_grant_live_of_source",
            ),
        ),
    ]
