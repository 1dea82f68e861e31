from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def settle_rules(using: str, **kwargs: Any) -> None:
    from audits.catalogue import catalogue
    from authenticity.operations.settings import ensure_settings

    ensure_settings(rules=catalogue().values(), using=using)


def settle_checklists(using: str, **kwargs: Any) -> None:
    from django.utils import timezone

    from audits.operations.checklists import deliver_checklists

    deliver_checklists(at=timezone.now(), using=using)


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Findings and rectifications")

    def ready(self) -> None:
        from audits import notices, plan_notices, saved_lists
        from audits.contact_sections import POLICY as CONTACTS
        from audits.policy_section import SECTION
        from audits.queries import days_of_a_list
        from audits.sample_blindness import untyped
        from audits.scope import register_scope
        from policies.sections import register_section
        from workplace.looks import register_untyped
        from workplace.operations.exported_lists import register_days

        notices.register()
        plan_notices.register()
        register_scope()
        register_section(SECTION)
        register_section(CONTACTS)
        register_untyped(untyped)
        saved_lists.register()
        self._register_sweep()
        self._register_sampling()
        self._register_call_backs()
        register_days(days_of_a_list)
        post_migrate.connect(settle_rules, sender=self, dispatch_uid="audits.rules")
        post_migrate.connect(settle_checklists, sender=self, dispatch_uid="audits.checklists")

    def _register_sweep(self) -> None:
        from audits.catalogue import message_of
        from audits.intake import recheck_record, rule_hits, sweep_after_import, sweep_after_load
        from audits.tasks import (
            run_assigning,
            run_bulk,
            run_dry_run,
            run_round_trip,
            run_sweep,
        )
        from workplace.intake.hits import (
            register_after_apply,
            register_after_load,
            register_after_value,
            register_hit_words,
            register_rule_hits,
        )
        from workplace.jobs import register_job
        from workplace.schedules import Schedule, register_schedule

        register_job("sweep", run_sweep, _("Sweep"))
        register_job("bulk", run_bulk, _("Bulk action"))
        register_job("work_list", run_round_trip, _("Work list brought back"))
        register_job("dry_run", run_dry_run, _("Measuring a change of the rule book"))
        register_rule_hits(rule_hits)
        register_hit_words(message_of)
        register_after_value(recheck_record)
        register_after_apply(sweep_after_import)
        register_after_load(sweep_after_load)
        register_job("assign_by_rule", run_assigning, _("Assigning by rule"))
        register_schedule(Schedule("assign by rule", "audits.tasks.assign_by_rule", seconds=120))
        register_schedule(Schedule("tell of absences", "audits.tasks.tell_uncovered", hour=7, minute=30))
        register_schedule(Schedule("nightly sweep", "audits.tasks.nightly_sweep", hour=2))
        register_schedule(Schedule("escalate due dates", "audits.tasks.escalate", seconds=900))
        register_schedule(
            Schedule("tell of late letters", "audits.tasks.tell_of_late_letters", hour=7, minute=20)
        )
        register_schedule(Schedule("second looks", "audits.tasks.choose_second_looks", hour=5))

    def _register_sampling(self) -> None:
        from audits.tasks import run_pack, run_sampling
        from workplace.jobs import register_job
        from workplace.schedules import Schedule, register_schedule

        register_job("sampling", run_sampling, _("Drawing a sample"))
        register_job("evidence_pack", run_pack, _("Making an evidence pack"))
        register_schedule(Schedule("open due samples", "audits.tasks.open_due_samples", seconds=300))

    def _register_call_backs(self) -> None:
        from audits.intake import call_backs_after_import, call_backs_after_load
        from workplace.intake.hits import register_after_apply, register_after_load
        from workplace.schedules import Schedule, register_schedule

        register_after_apply(call_backs_after_import)
        register_after_load(call_backs_after_load)
        register_schedule(Schedule("call-backs", "audits.tasks.keep_call_backs", hour=0, minute=10))
