from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authenticity", "0003_rule_versions")]

    operations = [
        migrations.AlterField(
            model_name="word",
            name="list",
            field=models.CharField(
                choices=[
                    ("placeholder", "Placeholder texts"),
                    ("phone_prefix", "Prefixes to strip from phone numbers"),
                    ("phone_placeholder", "Placeholder phone numbers"),
                    ("company_phone", "Phone numbers of the company"),
                    ("test_name", "Test names"),
                    ("example_name", "Names of textbook examples"),
                    ("title", "Titles that are no names"),
                    ("outlet_word", "Words of outlet addresses"),
                    ("sample_id", "Published sample numbers"),
                ],
                max_length=20,
                verbose_name="List",
            ),
        ),
    ]
