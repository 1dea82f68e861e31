"""What changes keeps its past, in tables that the web role cannot rewrite."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tests.house.sources import APPS
from workplace.models import Record

AUDITED = {
    "audits.AgencyLetter",
    "audits.Accountability",
    "audits.BranchInspection",
    "audits.Checklist",
    "audits.InspectionFinding",
    "audits.InspectionYear",
    "audits.PlanVersion",
    "audits.SampleItem",
    "audits.SampleReview",
    "audits.SamplingPlan",
    "audits.SamplingRun",
    "audits.Appeal",
    "audits.AssignmentRule",
    "audits.BulkAction",
    "audits.CallBack",
    "audits.ChangeRequest",
    "audits.CorrectionLimit",
    "audits.EscalationStep",
    "audits.Extension",
    "audits.Pause",
    "audits.RectificationSettings",
    "audits.SecondLook",
    "audits.ServiceLevel",
    "customers.DoNotDisturb",
    "workplace.Absence",
    "workplace.Announcement",
    "workplace.ExportedList",
    "workplace.PushTarget",
    "audits.Exemption",
    "audits.Merge",
    "customers.DuplicateCampaign",
    "customers.DuplicatePair",
    "customers.DuplicateSettings",
    "customers.Relationship",
    "workplace.Staff",
    "workplace.Correction",
    "workplace.Hold",
    "workplace.Conflict",
    "agents.Branch",
    "agents.Agency",
    "agents.Outlet",
    "agents.OutletName",
    "agents.OutletPhone",
    "agents.Posting",
    "agents.SalesAgent",
    "agents.SalesAgentPhone",
    "agents.Employment",
    "agents.Registration",
    "agents.SellerStanding",
    "customers.Customer",
    "customers.CustomerGrant",
    "policies.Product",
    "policies.Policy",
    "policies.PolicyParty",
    "policies.ApplicationForm",
    "policies.FormPage",
    "audits.Finding",
    "audits.Rectification",
    "audits.Evidence",
    "audits.RuleChange",
    "audits.RuleDispute",
}
# What may open something yet: its past is kept nowhere.
SECRETS = {"workplace.PushTarget": {"address"}}


def event_models() -> dict[str, type[models.Model]]:
    """The event table of each tracked model, by the tracked model's label."""
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return {
        model.pgh_tracked_model._meta.label: model for model in ours if hasattr(model, "pgh_tracked_model")
    }


def columns(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields}


def columns_without_past(model: type[models.Model], events: type[models.Model]) -> set[str]:
    return columns(model) - columns(events)


def kind_of_table(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind::text FROM pg_class WHERE oid = %s::regclass", [name])
        return cursor.fetchone()[0]


def rights_of_web_role(table: str) -> set[str]:
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r FROM unnest(%s::text[]) r WHERE has_table_privilege(%s, %s, r)",
            [list(rights), settings.WEB_DATABASE_ROLE, table],
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_record_and_every_audited_model_keeps_its_past():
    records = {m._meta.label for m in apps.get_models() if issubclass(m, Record)}
    assert records - AUDITED == set()
    assert set(event_models()) == AUDITED


@pytest.mark.parametrize("label", sorted(AUDITED))
def test_the_past_has_every_column(label: str):
    assert columns_without_past(apps.get_model(label), event_models()[label]) == SECRETS.get(label, set())


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(AUDITED))
def test_the_past_is_partitioned_by_month(label: str):
    assert kind_of_table(event_models()[label]._meta.db_table) == "p"


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(AUDITED))
def test_the_web_role_only_adds_to_the_past(label: str):
    assert rights_of_web_role(event_models()[label]._meta.db_table) == {"SELECT", "INSERT"}


def test_the_check_sees_a_column_without_past():
    customer = apps.get_model("customers.Customer")
    assert columns_without_past(customer, apps.get_model("auth.Group")) == columns(customer) - {"id", "name"}


@pytest.mark.django_db
def test_the_check_sees_a_plain_table_and_a_right_to_change_it():
    table = apps.get_model("customers.Customer")._meta.db_table
    assert kind_of_table(table) == "r"
    assert "UPDATE" in rights_of_web_role(table)
