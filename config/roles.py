"""What each role may do: one auth group per role, brought in line after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from workplace.choices import Role

OUR_APPS = ("authenticity", "workplace", "agents", "customers", "policies", "audits")

RULE_BOOK = ("authenticity.view_article", "authenticity.view_rulesetting", "authenticity.view_word")
UNITS = ("agents.view_branch", "agents.view_agency", "agents.view_outlet", "agents.view_salesagent")
BOOK = (
    *UNITS,
    "customers.view_customer",
    "policies.view_policy",
    "policies.view_policyparty",
    "policies.view_applicationform",
    "policies.view_product",
)
WORK = (
    "audits.view_finding",
    "audits.view_rectification",
    "audits.view_evidence",
    "audits.view_timelineentry",
    "audits.view_ruledispute",
    "audits.view_exemption",
    "workplace.view_correction",
    "workplace.view_ledgerentry",
    "workplace.view_exportedlist",
    "audits.view_appeal",
    "audits.view_pause",
    "audits.view_extension",
    "audits.view_changerequest",
    "audits.view_agencyletter",
    "customers.view_contactattempt",
    "audits.view_callback",
)
IMPORTING = (
    "workplace.view_importbatch",
    "workplace.add_importbatch",
    "workplace.change_importbatch",
    "workplace.view_conflict",
    "workplace.view_job",
)
DOING = (
    "audits.work_rectification",
    "audits.add_evidence",
    "audits.add_ruledispute",
    "customers.reveal_customer",
    "customers.correct_customer",
    "audits.ask_gate",
    "audits.make_changerequest",
    "customers.add_contactattempt",
    "customers.add_donotdisturb",
)
MANAGING = (
    "audits.assign_rectification",
    "audits.review_rectification",
    "audits.run_sweep",
    "audits.view_performance",
    "audits.view_gateanswer",
    "audits.approve_exemption",
    "audits.appeal_finding",
    "audits.decide_appeal",
    "audits.decide_changerequest",
    "audits.send_letter",
    "audits.view_bulkaction",
    "audits.view_secondlook",
    "audits.view_assignmentrule",
    "audits.change_assignmentrule",
    "customers.reveal_minor",
    "workplace.view_staff",
    "workplace.view_absence",
    "workplace.change_absence",
    "workplace.publish_announcement",
    "workplace.share_savedview",
    "workplace.change_conflict",
    "workplace.change_job",
    "agents.view_posting",
)
CLERK = (*RULE_BOOK, *BOOK, *WORK, *IMPORTING, *DOING)

SAMPLING = (
    "audits.view_samplingplan",
    "audits.view_samplingrun",
    "audits.view_sampleitem",
    "audits.view_samplereview",
    "audits.view_branchinspection",
    "audits.pack_samplingrun",
)
REVIEWING = ("audits.review_sample", "audits.view_samplereview")
PLANNING = (
    *SAMPLING,
    *REVIEWING,
    "audits.change_samplingplan",
    "audits.approve_samplingplan",
    "audits.draw_samplingrun",
    "audits.seed_samplingrun",
    "audits.conclude_samplingrun",
    "audits.give_samplereview",
    "audits.change_branchinspection",
    "audits.approve_inspectionyear",
    "audits.add_accountability",
)

DUPLICATES = ("customers.view_duplicatepair", "customers.review_duplicate")
LEADING_DUPLICATES = (*DUPLICATES, "customers.search_duplicates", "audits.approve_merge")

PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.CLERK: (*CLERK, *DUPLICATES, *REVIEWING),
    Role.MANAGER: (*CLERK, *MANAGING, *LEADING_DUPLICATES, *REVIEWING, "audits.view_branchinspection"),
    Role.COMPLIANCE: (
        *RULE_BOOK,
        *BOOK,
        *WORK,
        *IMPORTING,
        *LEADING_DUPLICATES,
        *PLANNING,
        "authenticity.change_rulesetting",
        "authenticity.add_word",
        "authenticity.change_word",
        "authenticity.add_article",
        "authenticity.change_article",
        "audits.view_rulechange",
        "audits.approve_rulechange",
        "audits.try_rules",
        "audits.run_sweep",
        "audits.view_performance",
        "audits.answer_dispute",
        "audits.ask_gate",
        "audits.view_gateanswer",
        "audits.override_gate",
        "audits.approve_exemption",
        "audits.change_ruledispute",
        "audits.decide_appeal",
        "audits.send_letter",
        "audits.view_secondlook",
        "audits.view_bulkaction",
        "audits.view_assignmentrule",
        "audits.change_rectificationsettings",
        "audits.change_correctionlimit",
        "audits.change_servicelevel",
        "audits.change_escalationstep",
        "workplace.view_absence",
        "workplace.publish_announcement",
        "workplace.share_savedview",
        "customers.reveal_customer",
        "customers.reveal_minor",
        "customers.view_customergrant",
        "workplace.change_conflict",
        "workplace.view_outboxentry",
        "workplace.change_outboxentry",
        "workplace.change_job",
        "workplace.view_accesslog",
        "workplace.view_staff",
        "workplace.view_calendarday",
        "agents.view_posting",
    ),
    Role.AUDITOR: (
        *RULE_BOOK,
        *BOOK,
        *WORK,
        *SAMPLING,
        "customers.view_duplicatepair",
        "audits.view_rulechange",
        "audits.try_rules",
        "audits.view_performance",
        "customers.view_customergrant",
        "workplace.view_accesslog",
        "workplace.view_staff",
        "workplace.view_conflict",
        "workplace.view_outboxentry",
        "workplace.view_job",
        "workplace.view_calendarday",
        "agents.view_posting",
    ),
    Role.PARTNER: (
        "agents.view_agency",
        "agents.view_outlet",
        "agents.view_salesagent",
        "customers.view_customer",
        "policies.view_policy",
        "policies.view_policyparty",
        "policies.view_applicationform",
        "policies.view_product",
        "audits.view_finding",
        "audits.view_rectification",
        "audits.view_timelineentry",
        "audits.view_appeal",
        "audits.appeal_finding",
        "audits.view_agencyletter",
        "audits.work_rectification",
        "audits.view_evidence",
        "audits.add_evidence",
        "workplace.view_correction",
        "workplace.view_exportedlist",
        "customers.correct_customer",
    ),
    Role.ADMINISTRATOR: (
        *RULE_BOOK,
        *UNITS,
        "policies.view_product",
        "workplace.view_staff",
        "workplace.add_staff",
        "workplace.change_staff",
        "workplace.view_accesslog",
        "workplace.view_job",
        "workplace.change_job",
        "workplace.view_calendarday",
        "workplace.add_calendarday",
        "workplace.change_calendarday",
        "workplace.view_apiclient",
        "workplace.add_apiclient",
        "workplace.change_apiclient",
        "workplace.view_pushtarget",
        "workplace.add_pushtarget",
        "workplace.change_pushtarget",
        "agents.view_posting",
        "agents.add_posting",
        "agents.change_posting",
    ),
}


class UnknownPermission(LookupError):
    """A role names a permission that no model has."""


def sync_roles(*, using: str = "default") -> None:
    """Each role's group holds exactly what is named above, whatever was clicked together before."""
    for app in OUR_APPS:
        create_permissions(apps.get_app_config(app), verbosity=0, using=using)
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type").filter(_named())
    }
    for role, names in PERMISSIONS.items():
        if missing := sorted(set(names) - known.keys()):
            raise UnknownPermission(f"{role}: {', '.join(missing)}")
        group, _made = Group.objects.using(using).get_or_create(name=str(role))
        group.permissions.set([known[name] for name in names])


def after_migrate(using: str, **kwargs: Any) -> None:
    sync_roles(using=using)


def _named() -> Q:
    codenames = {name.partition(".")[2] for names in PERMISSIONS.values() for name in names}
    return Q(codename__in=codenames)
