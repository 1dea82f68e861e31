"""What the tables say, without surrogate keys, clocks, leases and attempts."""

import hashlib

import psycopg

# Each row as text by natural keys; of findings and rectifications the current state. Beat gives open
# rectifications to people meanwhile, by the clock: open and assigned are the same here.
TABLES = {
    "customers": """
        SELECT (to_jsonb(c) - '{id,recorded_at,extracted_at,batch_id,home_branch_id}'::text[])::text
               || b.number
          FROM customers_customer c JOIN agents_branch b ON b.id = c.home_branch_id""",
    "policies": """
        SELECT concat_ws('|', p.number, p.status, p.in_scope, p.version, b.number, a.number,
                         s.staff_no)
          FROM policies_policy p JOIN agents_branch b ON b.id = p.branch_id
          LEFT JOIN agents_agency a ON a.id = p.agency_id
          LEFT JOIN agents_salesagent s ON s.id = p.seller_id""",
    "parties": """
        SELECT concat_ws('|', p.number, y.role, y.benefit, y.position, c.number, y.relation,
                         y.share, y.version)
          FROM policies_policyparty y JOIN policies_policy p ON p.id = y.policy_id
          LEFT JOIN customers_customer c ON c.id = y.customer_id""",
    "history": "SELECT c.number || '|' || e.email FROM customers_customerevent e JOIN customers_customer c"
    " ON c.id = e.pgh_obj_id",
    "findings": """
        SELECT concat_ws('|', f.rule, f.subject_key, f.field, f.part, f.severity, f.kind, f.value_hash,
                         p.number, b.number, a.number, s.staff_no)
          FROM audits_finding f JOIN agents_branch b ON b.id = f.answering_branch_id
          LEFT JOIN policies_policy p ON p.id = f.answering_policy_id
          LEFT JOIN agents_agency a ON a.id = f.answering_agency_id
          LEFT JOIN agents_salesagent s ON s.id = f.answering_seller_id
         WHERE f.state = 'open'""",
    "rectifications": """
        SELECT concat_ws('|', c.number, p.number, b.number, a.number, replace(r.state, 'assigned', 'open'),
                         (SELECT count(*) FROM audits_finding f
                           WHERE f.rectification_id = r.id AND f.state = 'open'))
          FROM audits_rectification r JOIN agents_branch b ON b.id = r.branch_id
          LEFT JOIN agents_agency a ON a.id = r.agency_id
          LEFT JOIN customers_customer c ON c.id = r.customer_id
          LEFT JOIN policies_policy p ON p.id = r.policy_id
         WHERE r.state <> 'closed'""",
}


def digests(database_url: str) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of each table, ordered by what the rows say."""
    found = {}
    with psycopg.connect(database_url) as connection:
        for table, question in TABLES.items():
            lines = sorted(str(row[0]) for row in connection.execute(question.encode()))
            found[table] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found
