"""What compliance's page must say, asked of the tables in plain SQL by a second author."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

# Which parties of a policy a rule speaks of; a rule not named here speaks of all of them.
ROLES = """
    CASE WHEN f.rule ~ '^(PH|AD)-' OR f.rule IN ('REQ-001', 'REQ-002', 'REQ-003') THEN ARRAY['holder']
         WHEN f.rule IN ('REQ-004', 'REQ-005') THEN ARRAY['insured']
         WHEN f.rule = 'RB-003' THEN ARRAY['insured', 'beneficiary']
         WHEN f.rule = 'RB-007' THEN ARRAY['beneficiary']
         ELSE ARRAY['holder', 'insured', 'beneficiary'] END
"""
COUNTS_AGAINST = f"""
    EXISTS (SELECT 1 FROM audits_finding f
            WHERE f.state = 'open' AND f.severity IN ('BLOCK', 'ERROR')
              AND f.answering_policy_id = s.policy_id
              AND {{kinds}}
              AND (f.policy_id = s.policy_id
                   OR EXISTS (SELECT 1 FROM policies_policyparty p
                              WHERE p.policy_id = s.policy_id AND p.customer_id = f.customer_id
                                AND p.role = ANY ({ROLES})
                                AND NOT (p.role = 'beneficiary' AND p.designation = 'statutory'))))
"""
DEFECTIVE = COUNTS_AGAINST.format(kinds="TRUE")
CONCERNED = """
    EXISTS (SELECT 1 FROM policies_policyparty p JOIN audits_finding f ON f.customer_id = p.customer_id
            WHERE p.policy_id = s.policy_id AND f.state = 'open' AND f.severity IN ('BLOCK', 'ERROR'))
"""
POLICIES = {
    "scope": "TRUE",
    "defective": DEFECTIVE,
    "missing": COUNTS_AGAINST.format(kinds="f.kind = 'missing'"),
    "false": COUNTS_AGAINST.format(kinds="f.kind IN ('false', 'changed')"),
    "touched": f"{CONCERNED} AND NOT {DEFECTIVE}",
}
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
RECTIFICATIONS = {
    "open": "r.state <> 'closed'",
    "overdue": f"r.state <> 'closed' AND r.due_on < {TODAY}",
    "closed": "r.state = 'closed'",
    "on_time": "r.state = 'closed' AND (r.due_on IS NULL"
    " OR (r.closed_at AT TIME ZONE 'Asia/Shanghai')::date <= r.due_on)",
}
MEASURES = (*POLICIES, *RECTIFICATIONS)
SAMPLED = """
    SELECT i.id FROM audits_sampleitem i JOIN policies_policy q ON q.id = i.policy_id
      JOIN audits_samplingrun r ON r.id = i.run_id JOIN audits_samplingplan p ON p.id = r.plan_id
     WHERE r.state <> 'withdrawn' AND i.outcome IN ('right', 'missing', 'false', 'changed')
       AND EXISTS (SELECT 1 FROM audits_runconclusion c
                    WHERE c.run_id = r.id AND c.concluded_at > now() - interval '365 days')
"""
OF_DATA = "p.purpose IN ('consistency', 'truth')"
SAMPLES = {  # by the whole of which each is a part; the page leaves both out where nothing was sampled
    "decided": {"decided": OF_DATA, "wrong": f"{OF_DATA} AND i.outcome <> 'right'"},
    "sellers": {"sellers": "p.purpose = 'seller'", "real": "p.purpose = 'seller' AND i.outcome = 'right'"},
}
BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM agents_branch WHERE id = %(branch)s
        UNION ALL SELECT b.id FROM agents_branch b JOIN below ON b.parent_id = below.id)
"""


@dataclass(frozen=True)
class Unit:
    """`by` is agency or branch; a branch stands for all below it."""

    by: str
    pk: int


class Tables:
    """The database as its owner sees it, past every scope."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_how: object) -> None:
        self.connection.close()

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: object) -> object:
        return self.rows(sql, **values)[0][0]

    def ids(self, unit: Unit, measure: str) -> set[int]:
        """The policies, or the rectifications, that one figure counts."""
        if measure in POLICIES:
            sql = "SELECT s.policy_id FROM policies_policystate s WHERE s.recorded_to IS NULL AND s.in_scope"
            sql, alias = f"{sql} AND {POLICIES[measure]}", "s"
        else:
            sql, alias = f"SELECT r.id FROM audits_rectification r WHERE {RECTIFICATIONS[measure]}", "r"
        return self.of_unit(unit, sql, alias)

    def of_unit(self, unit: Unit, sql: str, alias: str) -> set[int]:
        if unit.by == "agency":
            found = self.rows(f"{sql} AND {alias}.agency_id = %(agency)s", agency=unit.pk)
        else:
            within = f"{alias}.branch_id IN (SELECT id FROM below)"
            found = self.rows(f"{BELOW} {sql} AND {within}", branch=unit.pk)
        return {int(str(row[0])) for row in found}

    def figures(self, unit: Unit) -> dict[str, int]:
        found = {measure: len(self.ids(unit, measure)) for measure in MEASURES}
        for whole, parts in SAMPLES.items():
            counts = {
                name: len(self.of_unit(unit, f"{SAMPLED} AND {condition}", "q"))
                for name, condition in parts.items()
            }
            found |= counts if counts[whole] else {}
        return found
