from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_contacts")]

    operations = [
        migrations.AlterField(
            model_name="sharedkey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mobile", "Mobile"),
                    ("landline", "Landline"),
                    ("address", "Address"),
                    ("email", "E-mail"),
                    ("account", "Bank account"),
                    ("document", "Document number"),
                    ("person", "Name, birth date and sex"),
                    ("insured", "Mobile of policyholder and insured"),
                ],
                max_length=8,
                verbose_name="Kind",
            ),
        ),
    ]
