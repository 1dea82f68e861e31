import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from workplace.migrating import ManyOperations
from workplace.partitions import CreatePartitionedModel


class Migration(ManyOperations):

    dependencies = [
        ('audits', '0008_rule_changes'),
        ('customers', '0004_duplicates'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choices', models.JSONField(default=list, verbose_name='Values taken over')),
                ('state', models.CharField(choices=[('proposed', 'Waiting for review'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn'), ('done', 'Merged'), ('undoing', 'Undoing waits for review'), ('undone', 'Undone')], default='proposed', max_length=10, verbose_name='State')),
                ('survivor_version', models.PositiveIntegerField(verbose_name='Row version')),
                ('loser_version', models.PositiveIntegerField(verbose_name='Row version of the one merged away')),
                ('proposed_at', models.DateTimeField(verbose_name='Proposed at')),
                ('note', models.TextField(verbose_name='Note')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided at')),
                ('decision_note', models.TextField(blank=True, verbose_name='Note of the decision')),
                ('undo_at', models.DateTimeField(blank=True, null=True, verbose_name='Undoing proposed at')),
                ('undo_reason', models.TextField(blank=True, verbose_name='Reason for undoing')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='Undone at')),
                ('before', models.JSONField(default=dict, editable=False, verbose_name='What undoing needs')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Decided by')),
                ('loser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Customer merged away')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='customers.duplicatepair', verbose_name='Probable duplicate')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Proposed by')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Customer that stays')),
                ('undo_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Undoing proposed by')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Undone by')),
            ],
            options={
                'verbose_name': 'Merge of customers',
                'verbose_name_plural': 'Merges of customers',
                'ordering': ['-id'],
                'permissions': [('approve_merge', 'May accept, return and undo merges')],
            },
        ),
        CreatePartitionedModel(
            partition_by='pgh_created_at',
            name='MergeEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('choices', models.JSONField(default=list, verbose_name='Values taken over')),
                ('state', models.CharField(choices=[('proposed', 'Waiting for review'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn'), ('done', 'Merged'), ('undoing', 'Undoing waits for review'), ('undone', 'Undone')], default='proposed', max_length=10, verbose_name='State')),
                ('survivor_version', models.PositiveIntegerField(verbose_name='Row version')),
                ('loser_version', models.PositiveIntegerField(verbose_name='Row version of the one merged away')),
                ('proposed_at', models.DateTimeField(verbose_name='Proposed at')),
                ('note', models.TextField(verbose_name='Note')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided at')),
                ('decision_note', models.TextField(blank=True, verbose_name='Note of the decision')),
                ('undo_at', models.DateTimeField(blank=True, null=True, verbose_name='Undoing proposed at')),
                ('undo_reason', models.TextField(blank=True, verbose_name='Reason for undoing')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='Undone at')),
                ('before', models.JSONField(default=dict, editable=False, verbose_name='What undoing needs')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Decided by')),
                ('loser', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='Customer merged away')),
                ('pair', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.duplicatepair', verbose_name='Probable duplicate')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past', to='audits.merge')),
                ('proposed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Proposed by')),
                ('survivor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='Customer that stays')),
                ('undo_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Undoing proposed by')),
                ('undone_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Undone by')),
            ],
            options={
                'ordering': ['-pgh_id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MovedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60, verbose_name='Record kind')),
                ('row_id', models.BigIntegerField(verbose_name='Record')),
                ('version', models.PositiveIntegerField(null=True, verbose_name='Row version')),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moved', to='audits.merge', verbose_name='Merge')),
            ],
            options={
                'verbose_name': 'Row moved by a merge',
                'verbose_name_plural': 'Rows moved by merges',
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['state', '-id'], name='merge_in_state'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['survivor'], name='merge_of_survivor'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('survivor', models.F('loser')), _negated=True), name='merge_of_two_customers'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'done', 'undoing'])), fields=('loser',), name='merge_once_per_customer'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('survivor',), name='merge_waits_once_per_survivor'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'withdrawn', 'returned']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='merge_accepted_by_another'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), _negated=True), models.Q(('undone_by__isnull', False), models.Q(('undone_by', models.F('undo_by')), _negated=True)), _connector='OR'), name='merge_undone_by_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='merge_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='711c5ab1035520f965bd452878dad3091170fb36', operation='DELETE', pgid='pgtrigger_merge_stays_bce0e', table='audits_merge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_mergeevent" ("before", "choices", "decided_at", "decided_by_id", "decision_note", "id", "loser_id", "loser_version", "note", "pair_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "state", "survivor_id", "survivor_version", "undo_at", "undo_by_id", "undo_reason", "undone_at", "undone_by_id") SELECT old_values."before", old_values."choices", old_values."decided_at", old_values."decided_by_id", old_values."decision_note", old_values."id", old_values."loser_id", old_values."loser_version", old_values."note", old_values."pair_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."proposed_at", old_values."proposed_by_id", old_values."state", old_values."survivor_id", old_values."survivor_version", old_values."undo_at", old_values."undo_by_id", old_values."undo_reason", old_values."undone_at", old_values."undone_by_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='74311e6cf29be5f9ef91e2c318d9d7061f4ca7e9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b9f8b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='audits_merge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_mergeevent" ("before", "choices", "decided_at", "decided_by_id", "decision_note", "id", "loser_id", "loser_version", "note", "pair_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "state", "survivor_id", "survivor_version", "undo_at", "undo_by_id", "undo_reason", "undone_at", "undone_by_id") SELECT old_values."before", old_values."choices", old_values."decided_at", old_values."decided_by_id", old_values."decision_note", old_values."id", old_values."loser_id", old_values."loser_version", old_values."note", old_values."pair_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by_id", old_values."state", old_values."survivor_id", old_values."survivor_version", old_values."undo_at", old_values."undo_by_id", old_values."undo_reason", old_values."undone_at", old_values."undone_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9df9e819effe850a00924b1eadf23c735c10b7f1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3179a', referencing='REFERENCING OLD TABLE AS old_values ', table='audits_merge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mergeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3eb74e8d619a9aa865dd0bf60a5f8e3c2bb228af', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1bca3', table='audits_mergeevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='movedrow',
            constraint=models.UniqueConstraint(fields=('merge', 'model', 'row_id'), name='moved_row_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movedrow',
            trigger=pgtrigger.compiler.Trigger(name='moved_row_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='519e9ca1743d7df62435adb301758e2e48472f06', operation='UPDATE OR DELETE', pgid='pgtrigger_moved_row_stays_9206c', table='audits_movedrow', when='BEFORE')),
        ),
    ]
