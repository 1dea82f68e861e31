import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from workplace.migrating import ManyOperations
from workplace.partitions import CreatePartitionedModel


class Migration(ManyOperations):

    dependencies = [
        ('agents', '0004_quality_columns'),
        ('customers', '0003_quality_columns'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('workplace', '0002_decisions_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('deadline', models.DateField(verbose_name='Deadline')),
                ('started_at', models.DateTimeField(verbose_name='Started at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='Ended at')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agents.branch', verbose_name='Branch and all below it')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Started by')),
            ],
            options={
                'verbose_name': 'Clean-up of duplicates',
                'verbose_name_plural': 'Clean-ups of duplicates',
                'ordering': ['-id'],
            },
        ),
        CreatePartitionedModel(
            partition_by='pgh_created_at',
            name='DuplicateCampaignEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('deadline', models.DateField(verbose_name='Deadline')),
                ('started_at', models.DateTimeField(verbose_name='Started at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='Ended at')),
                ('branch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agents.branch', verbose_name='Branch and all below it')),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past', to='customers.duplicatecampaign')),
                ('started_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Started by')),
            ],
            options={
                'ordering': ['-pgh_id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.SmallIntegerField(verbose_name='Score in bits')),
                ('explanation', models.JSONField(default=list, verbose_name='What agrees and differs')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='Found by')),
                ('siblings', models.BooleanField(default=False, verbose_name='May be siblings')),
                ('state', models.CharField(choices=[('open', 'To decide'), ('proposed', 'Merge waits for review'), ('merged', 'Merged'), ('distinct', 'Not the same person'), ('gone', 'No longer alike')], default='open', max_length=10, verbose_name='State')),
                ('found_at', models.DateTimeField(verbose_name='Found at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided at')),
                ('reason', models.TextField(blank=True, verbose_name='Reason')),
                ('left_identity', models.CharField(blank=True, editable=False, max_length=64, verbose_name='Identity hash')),
                ('right_identity', models.CharField(blank=True, editable=False, max_length=64, verbose_name='Other identity hash')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='Row version')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pairs', to='customers.duplicatecampaign', verbose_name='Clean-up of duplicates')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Decided by')),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Customer')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Other customer')),
            ],
            options={
                'verbose_name': 'Probable duplicate',
                'verbose_name_plural': 'Probable duplicates',
                'ordering': ['-score', 'id'],
                'permissions': [('review_duplicate', 'May decide about probable duplicates')],
            },
        ),
        migrations.CreateModel(
            name='DuplicateRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thresholds', models.JSONField(default=dict, verbose_name='Thresholds')),
                ('started_at', models.DateTimeField(verbose_name='Started at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='Finished at')),
                ('candidates', models.PositiveIntegerField(default=0, verbose_name='Pairs compared')),
                ('found', models.PositiveIntegerField(default=0, verbose_name='Pairs alike')),
                ('opened', models.PositiveIntegerField(default=0, verbose_name='New pairs')),
                ('forgotten', models.PositiveIntegerField(default=0, verbose_name='Asked again')),
                ('gone', models.PositiveIntegerField(default=0, verbose_name='No longer alike')),
                ('crowded', models.PositiveIntegerField(default=0, verbose_name='Values held by too many')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicate_run', to='workplace.job', verbose_name='Job')),
            ],
            options={
                'verbose_name': 'Search for duplicates',
                'verbose_name_plural': 'Searches for duplicates',
                'ordering': ['-id'],
            },
        ),
        CreatePartitionedModel(
            partition_by='pgh_created_at',
            name='DuplicatePairEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('score', models.SmallIntegerField(verbose_name='Score in bits')),
                ('explanation', models.JSONField(default=list, verbose_name='What agrees and differs')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='Found by')),
                ('siblings', models.BooleanField(default=False, verbose_name='May be siblings')),
                ('state', models.CharField(choices=[('open', 'To decide'), ('proposed', 'Merge waits for review'), ('merged', 'Merged'), ('distinct', 'Not the same person'), ('gone', 'No longer alike')], default='open', max_length=10, verbose_name='State')),
                ('found_at', models.DateTimeField(verbose_name='Found at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided at')),
                ('reason', models.TextField(blank=True, verbose_name='Reason')),
                ('left_identity', models.CharField(blank=True, editable=False, max_length=64, verbose_name='Identity hash')),
                ('right_identity', models.CharField(blank=True, editable=False, max_length=64, verbose_name='Other identity hash')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='Row version')),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.duplicatecampaign', verbose_name='Clean-up of duplicates')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Decided by')),
                ('left', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='Customer')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past', to='customers.duplicatepair')),
                ('right', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='Other customer')),
                ('found_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.duplicaterun', verbose_name='First found by')),
                ('seen_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.duplicaterun', verbose_name='Last seen by')),
            ],
            options={
                'ordering': ['-pgh_id'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='found_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.duplicaterun', verbose_name='First found by'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='seen_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.duplicaterun', verbose_name='Last seen by'),
        ),
        migrations.CreateModel(
            name='DuplicateSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review_from', models.SmallIntegerField(default=20, verbose_name='Shown for review from')),
                ('likely_from', models.SmallIntegerField(default=30, verbose_name='Likely from')),
                ('certain_from', models.SmallIntegerField(default=40, verbose_name='Nearly certain from')),
                ('crowd', models.PositiveSmallIntegerField(default=4, verbose_name='A contact says little when held by more than')),
                ('largest_group', models.PositiveSmallIntegerField(default=60, verbose_name='A value held by more than this many finds no pairs')),
                ('changed_at', models.DateTimeField(null=True, verbose_name='Changed at')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Changed by')),
            ],
            options={
                'verbose_name': 'Settings of the search for duplicates',
                'verbose_name_plural': 'Settings of the search for duplicates',
                'permissions': [('search_duplicates', 'May search for duplicates and lead their clean-up')],
            },
        ),
        CreatePartitionedModel(
            partition_by='pgh_created_at',
            name='DuplicateSettingsEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('review_from', models.SmallIntegerField(default=20, verbose_name='Shown for review from')),
                ('likely_from', models.SmallIntegerField(default=30, verbose_name='Likely from')),
                ('certain_from', models.SmallIntegerField(default=40, verbose_name='Nearly certain from')),
                ('crowd', models.PositiveSmallIntegerField(default=4, verbose_name='A contact says little when held by more than')),
                ('largest_group', models.PositiveSmallIntegerField(default=60, verbose_name='A value held by more than this many finds no pairs')),
                ('changed_at', models.DateTimeField(null=True, verbose_name='Changed at')),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Changed by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past', to='customers.duplicatesettings')),
            ],
            options={
                'ordering': ['-pgh_id'],
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatecampaign',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatecampaignevent" ("branch_id", "deadline", "ended_at", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "started_by_id") SELECT old_values."branch_id", old_values."deadline", old_values."ended_at", old_values."id", old_values."name", old_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."started_at", old_values."started_by_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9a8035242231f04326f6d94df187436452e28c69', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e48ab', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_duplicatecampaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatecampaign',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatecampaignevent" ("branch_id", "deadline", "ended_at", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "started_by_id") SELECT old_values."branch_id", old_values."deadline", old_values."ended_at", old_values."id", old_values."name", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."started_at", old_values."started_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cd03fd71744ba303324bd38599e1c05588d8c311', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6f013', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_duplicatecampaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatecampaignevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f94d8dcd45bd011ba9aeaa0158a576c602c890d0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b90e2', table='customers_duplicatecampaignevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatepairevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='36e848aac4a744340ff95a8b846e809e631bf19a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e1fee', table='customers_duplicatepairevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['state', '-score', 'id'], name='duplicate_pair_queue'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['campaign', 'state'], name='duplicate_pair_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['right'], name='duplicate_pair_right'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.UniqueConstraint(fields=('left', 'right'), name='duplicate_pair_once'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='duplicate_pair_in_order'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'distinct'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('left_identity', ''), _negated=True), models.Q(('right_identity', ''), _negated=True)), _connector='OR'), name='duplicate_pair_distinct_says_of_whom'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatepair',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatepairevent" ("campaign_id", "decided_at", "decided_by_id", "explanation", "found_at", "found_by_id", "id", "kinds", "left_id", "left_identity", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "right_id", "right_identity", "score", "seen_by_id", "siblings", "state", "version") SELECT old_values."campaign_id", old_values."decided_at", old_values."decided_by_id", old_values."explanation", old_values."found_at", old_values."found_by_id", old_values."id", old_values."kinds", old_values."left_id", old_values."left_identity", old_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."reason", old_values."right_id", old_values."right_identity", old_values."score", old_values."seen_by_id", old_values."siblings", old_values."state", old_values."version" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='530bd83799883d6a54a0c0c6ccfab4b65d1c856d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3d9cc', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_duplicatepair', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatepair',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatepairevent" ("campaign_id", "decided_at", "decided_by_id", "explanation", "found_at", "found_by_id", "id", "kinds", "left_id", "left_identity", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "right_id", "right_identity", "score", "seen_by_id", "siblings", "state", "version") SELECT old_values."campaign_id", old_values."decided_at", old_values."decided_by_id", old_values."explanation", old_values."found_at", old_values."found_by_id", old_values."id", old_values."kinds", old_values."left_id", old_values."left_identity", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."right_id", old_values."right_identity", old_values."score", old_values."seen_by_id", old_values."siblings", old_values."state", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='315e48eea93d0506ff8135373a9450a7d2249593', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cc979', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_duplicatepair', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='duplicatesettings',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='duplicate_settings_are_one_row'),
        ),
        migrations.AddConstraint(
            model_name='duplicatesettings',
            constraint=models.CheckConstraint(condition=models.Q(('certain_from__gte', models.F('likely_from')), ('likely_from__gte', models.F('review_from'))), name='duplicate_settings_rise'),
        ),
        migrations.AddConstraint(
            model_name='duplicatesettings',
            constraint=models.CheckConstraint(condition=models.Q(('largest_group__gte', 2), ('largest_group__lte', 500)), name='duplicate_settings_largest_group_is_bounded'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatesettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatesettingsevent" ("certain_from", "changed_at", "changed_by_id", "crowd", "id", "largest_group", "likely_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") SELECT old_values."certain_from", old_values."changed_at", old_values."changed_by_id", old_values."crowd", old_values."id", old_values."largest_group", old_values."likely_from", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."review_from" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='216a437cefa744e97e36e488b71773869900d6c0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_204d0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_duplicatesettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatesettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_duplicatesettingsevent" ("certain_from", "changed_at", "changed_by_id", "crowd", "id", "largest_group", "likely_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") SELECT old_values."certain_from", old_values."changed_at", old_values."changed_by_id", old_values."crowd", old_values."id", old_values."largest_group", old_values."likely_from", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."review_from" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1a5dbcb64cf325e3bfb16c45112e67e43509f655', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2c04e', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_duplicatesettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatesettingsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b36702e26e354a20cbc637c5514a74a315d589b7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7f173', table='customers_duplicatesettingsevent', when='BEFORE')),
        ),
    ]
