"""The rules' answer to many rectifications' new values at once, in the words of the workbench."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import pghistory
from django.utils.timezone import localtime

from audits.choices import ExemptionState, FindingState
from audits.evaluation import Hit, evaluate
from audits.models import Exemption, Finding
from audits.operations.corrections import unproved
from audits.operations.findings import NO_DEADLINE
from audits.operations.round_trip_judging import Known
from audits.operations.round_trip_rows import Group, Verdict
from audits.staging import staged
from audits.wording import hit_text
from audits.workbench import SHARES, part_of
from authenticity.choices import Stage
from customers.choices import CheckMethod
from customers.facts import derive_changes
from customers.models import Customer
from customers.operations.upkeep import CHECK, check_identity
from policies.models import PolicyParty
from workplace.correctable import correctable
from workplace.ids import Among
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.many_rows import update_many
from workplace.models import Correction

Key = tuple[str, str, int, str, str]


def judge_by_rules(groups: Sequence[Group], known: Known) -> None:
    """Refuses rows whose new value breaks a rule; what else is left of a rectification is missing."""
    asked = [group for group in groups if group.taken]
    if not asked:
        return
    customers, policies = _subjects(asked, known)
    with staged(), pghistory.context(actor=known.working.actor.pk):
        _stage(asked, known)
        hits = evaluate(
            stage=Stage.BOOK,
            customer_ids=customers,
            policy_ids=policies,
            today=localtime(known.working.at).date(),
        )
    by_subject: defaultdict[tuple[str, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.severity not in NO_DEADLINE:
            by_subject[hit.subject].append(hit)
    opened = _open_findings(customers, policies)
    exempted = _exempted(opened.values())
    for group in asked:
        found = group.rectification
        assert found is not None  # noqa: S101 - judged groups have one
        for hit in by_subject.get((found.subject_kind, found.subject.pk), ()):
            finding = opened.get(_key_of(hit))
            if finding is None or (finding.rectification_id == found.pk and finding.pk not in exempted):
                _lay(hit, group, known, is_new=finding is None)
        group.missing += [text for _field, text in unproved(found, _of(group))]


def _of(group: Group) -> list[Correction]:
    """All that would be handed in."""
    return [*(one.correction for one in group.taken if one.correction is not None), *group.drafts]


def _subjects(groups: Iterable[Group], known: Known) -> tuple[list[int], list[int]]:
    customers: set[int] = set()
    policies: set[int] = set()
    for group in groups:
        found = group.rectification
        assert found is not None  # noqa: S101 - judged groups have one
        customers |= {found.customer_id or 0}
        policies |= {found.policy_id or 0}
        for row in _of(group):
            record = known.records[row.record_kind, row.record_id]
            if isinstance(record, PolicyParty):
                policies.add(record.policy_id)
                customers.add(record.customer_id or 0)
            else:
                (customers if row.record_kind == "customer" else policies).add(row.record_id)
    return sorted(customers - {0}), sorted(policies - {0})


def _stage(groups: Iterable[Group], known: Known) -> None:
    """Only inside `staged()`; values of one record that have no shape together refuse its rows."""
    customers: defaultdict[tuple[str, ...], list[Customer]] = defaultdict(list)
    for group in groups:
        values: defaultdict[tuple[str, int], dict[str, str]] = defaultdict(dict)
        for row in _of(group):
            values[row.record_kind, row.record_id][row.field] = row.new_raw
        for (kind, pk), said in values.items():
            record = known.records[kind, pk]
            try:
                if isinstance(record, Customer):
                    draft, columns = _customer_then(record, said, known)
                    customers[columns].append(draft)
                else:
                    _stage_other(kind, record, said, known)
            except Misshapen as error:
                _refuse_record(group, kind, pk, error)
    for columns, rows in customers.items():
        update_many(rows, columns)


def _refuse_record(group: Group, kind: str, pk: int, error: Misshapen) -> None:
    told = {"field": error.field, "value": "", **error.params}
    for verdict in group.taken:
        if verdict.line and (verdict.line.record_kind, verdict.line.record_id) == (kind, pk):
            verdict.refuse(words_of({"code": error.code, "params": told}), "new_value")


def _customer_then(
    record: Customer, said: Mapping[str, str], known: Known
) -> tuple[Customer, tuple[str, ...]]:
    """A copy as accepting would leave it, and the columns that differ; the row itself stays as it is."""
    draft = copy(record)
    columns: dict[str, Any] = derive_changes(draft, said)
    for column, value in columns.items():
        setattr(draft, column, value)
    if "id_no" in said:
        check_identity(draft, on=localtime(known.working.at).date(), method=CheckMethod.IMAGE)
        columns |= dict.fromkeys(CHECK)
    return draft, tuple(sorted(columns))


def _stage_other(kind: str, record: Any, said: Mapping[str, str], known: Known) -> None:
    correctable(kind).write(
        record=record,
        values=said,
        actor=known.working.actor,
        at=known.working.at,
        expected_version=record.version,
    )


def _open_findings(customers: Iterable[int], policies: Iterable[int]) -> dict[Key, Finding]:
    opened = Finding.objects.filter(state=FindingState.OPEN)
    found: dict[Key, Finding] = {}
    for column, ids in (("customer", customers), ("policy", policies)):
        for one in opened.filter(Among(f"{column}_id", ids)):
            found[one.rule, column, int(getattr(one, f"{column}_id")), one.field, one.part] = one
    return found


def _key_of(hit: Hit) -> Key:
    return hit.rule.code, hit.subject_kind, hit.subject_id, hit.field, hit.part


def _exempted(findings: Iterable[Finding]) -> set[int]:
    """Its owner says that they may stand; accepting approves that too."""
    by_pk = {one.pk: one for one in findings}
    proposed = Exemption.objects.filter(finding__in=by_pk, state=ExemptionState.PROPOSED)
    return {one.finding_id for one in proposed if one.value_hash == by_pk[one.finding_id].value_hash}


def _lay(hit: Hit, group: Group, known: Known, *, is_new: bool) -> None:
    """At the row that wrote what the hit is about, else it is what the rectification still lacks."""
    text = hit_text(hit)
    found = [one for one in group.verdicts if one.correction is not None and _about(hit, one, known, is_new)]
    for verdict in found:
        verdict.refuse(text, "new_value")
    if not found:
        group.missing.append(text)


def _about(hit: Hit, verdict: Verdict, known: Known, is_new: bool) -> bool:
    line = verdict.line
    if line is None or not _on_the_record(hit, line.record_kind, line.record_id, known):
        return False
    return line.field == hit.plain_field or (is_new and line.field in hit.rule.concerns(hit.plain_field))


def _on_the_record(hit: Hit, kind: str, pk: int, known: Known) -> bool:
    record = known.records[kind, pk]
    if isinstance(record, PolicyParty):
        of_policy = hit.subject_kind == "policy" and hit.subject_id == record.policy_id
        return of_policy and (part_of(record) == hit.part or hit.plain_field in SHARES)
    return hit.subject_kind == kind and hit.subject_id == pk
