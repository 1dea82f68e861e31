from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0016_letter_word'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='planversion',
            name='plan_size_number',
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('size_by', 'number'), _negated=True), models.Q(('size_number__gte', 1), ('size_number__isnull', False)), _connector='OR'), name='plan_size_number'),
        ),
        migrations.RemoveConstraint(
            model_name='planversion',
            name='plan_size_rate',
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('size_by', 'rate'), _negated=True), models.Q(('size_rate__gt', 0), ('size_rate__isnull', False)), _connector='OR'), name='plan_size_rate'),
        ),
    ]
