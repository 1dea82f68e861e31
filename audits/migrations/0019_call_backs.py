"""The call-back of each new policy over one year, and when it asks for a visit."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from workplace.migrating import ManyOperations
from workplace.partitions import CreatePartitionedModel


class Migration(ManyOperations):
    dependencies = [
        ("audits", "0018_in_hand"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("policies", "0008_people_alone_are_found"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="Cooling-off ends")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "To call"),
                            ("unreached", "Not reached yet"),
                            ("visit", "Visit asked for"),
                            ("done", "Done"),
                        ],
                        default="due",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Policyholder confirmed"),
                            ("denied", "Holder denies buying or signing it"),
                            ("unknown", "Identity not confirmed"),
                            ("another", "Another person answered"),
                            ("unreached", "Nobody reached by calls and a visit"),
                            ("ended", "Policy ended before"),
                        ],
                        max_length=12,
                        verbose_name="Outcome",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="Opened at")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="Called back at")),
            ],
            options={
                "verbose_name": "Call-back",
                "verbose_name_plural": "Call-backs",
                "ordering": ["ends_on", "id"],
            },
        ),
        CreatePartitionedModel(
            partition_by="pgh_created_at",
            name="CallBackEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("ends_on", models.DateField(verbose_name="Cooling-off ends")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "To call"),
                            ("unreached", "Not reached yet"),
                            ("visit", "Visit asked for"),
                            ("done", "Done"),
                        ],
                        default="due",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Policyholder confirmed"),
                            ("denied", "Holder denies buying or signing it"),
                            ("unknown", "Identity not confirmed"),
                            ("another", "Another person answered"),
                            ("unreached", "Nobody reached by calls and a visit"),
                            ("ended", "Policy ended before"),
                        ],
                        max_length=12,
                        verbose_name="Outcome",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="Opened at")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="Called back at")),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="rectificationsettings",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="rectificationsettings",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="rectificationsettings",
            name="visit_days",
            field=models.PositiveSmallIntegerField(
                default=3, verbose_name="Days before the end of the cooling-off that ask for a visit"
            ),
        ),
        migrations.AddField(
            model_name="rectificationsettingsevent",
            name="visit_days",
            field=models.PositiveSmallIntegerField(
                default=3, verbose_name="Days before the end of the cooling-off that ask for a visit"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rectificationsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_rectificationsettingsevent" ("calls_before_visit", "clean_weight", "closed_weight", "contacts_per_week", "id", "letter_word", "list_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_clock", "reply_days", "reply_weight", "second_look_months", "second_look_share", "soon_days", "spot_check_share", "version", "visit_days") SELECT old_values."calls_before_visit", old_values."clean_weight", old_values."closed_weight", old_values."contacts_per_week", old_values."id", old_values."letter_word", old_values."list_days", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."reopened_clock", old_values."reply_days", old_values."reply_weight", old_values."second_look_months", old_values."second_look_share", old_values."soon_days", old_values."spot_check_share", old_values."version", old_values."visit_days" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="dde4330415ba502bd94c0a204c543c0a405c774b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6f9f0",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="audits_rectificationsettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rectificationsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_rectificationsettingsevent" ("calls_before_visit", "clean_weight", "closed_weight", "contacts_per_week", "id", "letter_word", "list_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_clock", "reply_days", "reply_weight", "second_look_months", "second_look_share", "soon_days", "spot_check_share", "version", "visit_days") SELECT old_values."calls_before_visit", old_values."clean_weight", old_values."closed_weight", old_values."contacts_per_week", old_values."id", old_values."letter_word", old_values."list_days", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reopened_clock", old_values."reply_days", old_values."reply_weight", old_values."second_look_months", old_values."second_look_share", old_values."soon_days", old_values."spot_check_share", old_values."version", old_values."visit_days" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6656c8cfe04331809ecff757d4e3166dcc99232b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4b4f9",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="audits_rectificationsettings",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="callback",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Called back by",
            ),
        ),
        migrations.AddField(
            model_name="callback",
            name="policy",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="call_back",
                to="policies.policy",
                verbose_name="Policy",
            ),
        ),
        migrations.AddField(
            model_name="callbackevent",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Called back by",
            ),
        ),
        migrations.AddField(
            model_name="callbackevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="callbackevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="past",
                to="audits.callback",
            ),
        ),
        migrations.AddField(
            model_name="callbackevent",
            name="policy",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="policies.policy",
                verbose_name="Policy",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True),
                fields=["ends_on", "id"],
                name="call_back_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("state", "done")), fields=["ends_on"], name="call_back_over"
            ),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", False),
                        ("state", "done"),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "done"), _negated=True),
                        ("done_at__isnull", True),
                        ("done_by__isnull", True),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="call_back_done_has_its_outcome",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callback",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_callbackevent" ("done_at", "done_by_id", "ends_on", "id", "opened_at", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "state") SELECT old_values."done_at", old_values."done_by_id", old_values."ends_on", old_values."id", old_values."opened_at", old_values."outcome", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."policy_id", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a2724bda3eda69e9049058f9e3c539d596a3205a",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2db90",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="audits_callback",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callback",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "audits_callbackevent" ("done_at", "done_by_id", "ends_on", "id", "opened_at", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "state") SELECT old_values."done_at", old_values."done_by_id", old_values."ends_on", old_values."id", old_values."opened_at", old_values."outcome", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."policy_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="790d30eee05df1b7c8cf56bdadee5a99567094f2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_84777",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="audits_callback",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callbackevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e03415f14212b97e77667b6a42c37755676e7eb5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_62833",
                    table="audits_callbackevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
