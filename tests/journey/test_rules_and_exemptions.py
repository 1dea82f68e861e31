"""A threshold raised by two, one member of a family exempted, and what the next sweep says of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.journey.book import PointOfSale, write_workbook
from tests.journey.conftest import POINT
from tests.journey.families import FEW, MANY, Families, make_families
from tests.journey.figures import Tables
from tests.journey.inspection import Inspector
from tests.journey.rulework import Approver, ContactClerk, RuleMaker

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Come = Callable[..., Any]
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
OPEN = """
    SELECT f.id FROM audits_finding f LEFT JOIN customers_customer c ON c.id = f.customer_id
    WHERE f.rule = %(rule)s AND f.state = 'open' AND (%(whose)s::text[] IS NULL OR c.number = ANY (%(whose)s))
"""


@pytest.fixture(scope="module")
def families(tables: Tables) -> Families:
    """Sold at two outlets of one bank by two people, in the office where the clerk works."""
    points = []
    for row in tables.rows(POINT.replace("LIMIT 1", "")):
        branch, *pairs = (str(value) for value in row)
        agency, agency_branch, outlet, seller = zip(pairs[::2], pairs[1::2], strict=True)
        if all(outlet != point.outlet and seller != point.seller for point in points):
            points.append(PointOfSale(branch, agency, agency_branch, outlet, seller))
    assert len(points) > 1, "the demo insurer has one outlet only in that office"
    return make_families(points=points[:2], today=TODAY)


def open_findings(tables: Tables, rule: str, whose: Sequence[str] | None = None) -> set[int]:
    rows = tables.rows(OPEN, rule=rule, whose=list(whose) if whose is not None else None)
    return {int(str(row[0])) for row in rows}


def test_a_threshold_is_raised_and_one_of_a_family_is_exempted(
    person: Come, families: Families, tables: Tables, inspector: Inspector, tmp_path: Path
) -> None:
    clerk: ContactClerk = person("clerk", ContactClerk)
    they_come_in(clerk, families, tables, tmp_path)
    manager: Approver = person("manager", Approver)
    manager.sweeps()
    assert len(open_findings(tables, "PH-023", families.many)) == MANY
    assert len(open_findings(tables, "PH-023", families.few)) == FEW
    compliance: RuleMaker = person("compliance", RuleMaker)
    the_threshold_is_raised(compliance, person("compliance2", RuleMaker), families, tables)
    one_is_exempted(clerk, manager, families, tables)
    the_box_tells_the_same(compliance, families)
    a_gate_is_asked_and_overridden(manager, compliance, families, tables)
    a_pair_is_looked_at(compliance, families, tables)
    assert not inspector.problems, "\n".join(inspector.problems)


def they_come_in(clerk: ContactClerk, families: Families, tables: Tables, folder: Path) -> None:
    """The preview tells already what the rules say of the rows."""
    files = {
        "customers": families.book.written,
        "policies": families.policies,
        "parties": families.parties,
    }
    for kind, rows in files.items():
        clerk.uploads(kind, write_workbook(folder / f"{kind}.xlsx", kind, rows))
        assert clerk.counts("rejected") == 0, kind
        if kind == "customers":
            assert clerk.page.locator("[title='ID-010']").count() == 2
        clerk.looks(f"preview of {kind}")
        clerk.confirms()
    assert tables.one("SELECT count(*) FROM policies_policy WHERE number LIKE 'BF%%'") == len(
        families.policies
    )


def the_threshold_is_raised(
    compliance: RuleMaker, other: RuleMaker, families: Families, tables: Tables
) -> None:
    before = {rule: open_findings(tables, rule) for rule in ("PH-022", "PH-023")}
    compliance.drafts_threshold("PH-023", "holders", MANY, "家庭共用较多")
    opened, closed = compliance.reads_effect()
    assert closed >= FEW
    compliance.looks("measured change")
    assert open_findings(tables, "PH-023") == before["PH-023"]
    other.approves(compliance.sends())
    other.sweeps_its_rules()
    after = {rule: open_findings(tables, rule) for rule in before}
    assert len(before["PH-023"] - after["PH-023"]) == closed
    assert len(after["PH-022"] - before["PH-022"]) == opened
    assert open_findings(tables, "PH-023", families.few) == set()
    assert len(open_findings(tables, "PH-022", families.few)) == FEW
    assert len(open_findings(tables, "PH-023", families.many)) == MANY


def one_is_exempted(clerk: ContactClerk, manager: Approver, families: Families, tables: Tables) -> None:
    """Until another person approves and after the next sweep: the others' findings are the same rows."""
    whole = {number: open_findings(tables, "PH-023", [number]) for number in families.many}
    kin, *others = families.many
    shared = "SELECT value_hash FROM audits_finding WHERE id = ANY (%(ids)s)"
    cluster = clerk.opens_cluster(str(tables.one(shared, ids=list(whole[kin]))))
    clerk.says_family(kin, "电话核实，夫妻共用", TODAY + timedelta(days=200))
    pending = tables.one(
        "SELECT id FROM audits_exemption WHERE finding_id = ANY (%(it)s)", it=list(whole[kin])
    )
    assert clerk.posts(f"/exemptions/{pending}/decide/", action="approve").status == 403
    assert open_findings(tables, "PH-023", [kin]) == whole[kin]
    manager.approves_exemption(kin)
    manager.sweeps()
    assert open_findings(tables, "PH-023", [kin]) == set()
    assert {one: open_findings(tables, "PH-023", [one]) for one in others} == {
        one: whole[one] for one in others
    }
    clerk.opens(cluster)
    assert clerk.reads_states() == {kin: False} | dict.fromkeys(others, True)
    clerk.looks("cluster with one exempted")


def the_box_tells_the_same(compliance: RuleMaker, families: Families) -> None:
    assert "PH-009" in compliance.tries("mobile", "13800138000")
    assert "PH-023" in compliance.tries("customer", families.many[1])


def a_gate_is_asked_and_overridden(
    manager: Approver, compliance: RuleMaker, families: Families, tables: Tables
) -> None:
    """Compliance lets pass what was refused; a manager's next question is answered so."""
    number = f"B{families.many[1]}"
    policy = int(str(tables.one("SELECT id FROM policies_policy WHERE number = %(it)s", it=number)))
    manager.opens(f"/policies/{policy}/")
    manager.looks("policy")
    assert passed(tables, compliance.asks_gate(policy, "commission")) is False
    compliance.looks("gate")
    compliance.overrides("已见客户本人，手机由其配偶代管")
    compliance.looks("gate let pass")
    assert passed(tables, manager.asks_gate(policy, "commission")) is True
    compliance.opens("/gates/?tab=overridden")
    compliance.looks("gates")
    assert number in compliance.page.inner_text("main")


def passed(tables: Tables, answer: int) -> object:
    return tables.one("SELECT passed FROM audits_gateanswer WHERE id = %(it)s", it=answer)


def a_pair_is_looked_at(compliance: RuleMaker, families: Families, tables: Tables) -> None:
    """Side by side; that they are two people is remembered."""
    first, second = families.twice
    compliance.finds_duplicates()
    compliance.says_two_people(f"{first} · {second}", "双胞胎，证件原件已核")
    state = "SELECT p.state FROM customers_duplicatepair p JOIN customers_customer c ON c.id = p.left_id"
    assert tables.one(f"{state} WHERE c.number = ANY (%(it)s)", it=[first, second]) == "distinct"
