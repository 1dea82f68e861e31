"""A sample is concluded once everything was looked at: counted, bounded, sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, transaction

from agents.choices import Post
from audits.models import KeyedField, RunConclusion, Seal
from audits.operations.conclusions import ConclusionRefused, conclude
from audits.run_figures import counted_of, figures_of, last_conclusion
from audits.sampling.choices import ErrorKind, FieldVerdict, RunState, RunVerdict
from audits.sampling.results import Count, Results
from audits.sampling.sealing import conclusion_sealed, digest_of
from audits.seals import broken
from tests.factories import AT, head_office, make_customer, make_policy, make_staff
from tests.sampling.scenes import done_by, given_to, make_run
from workplace.choices import Role
from workplace.models import Staff

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def officer() -> Staff:
    return make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name="周结论")


@pytest.fixture
def reviewer() -> Staff:
    return make_staff(Role.COMPLIANCE, name="吴复核")


def reviewed_run(reviewer: Staff, *outcomes: str):
    run = make_run([make_policy(holder=make_customer()) for _each in outcomes])
    for item, outcome in zip(run.items.order_by("place"), outcomes, strict=True):
        done_by(reviewer, item, outcome)
    return run


def test_what_was_found_is_counted_by_stratum_and_field(reviewer):
    run = reviewed_run(reviewer, ErrorKind.RIGHT, ErrorKind.RIGHT, ErrorKind.FALSE)
    for item in run.items.all():
        wrong = item.outcome == ErrorKind.FALSE
        for role, field, error in (("holder", "name", "right"), ("holder", "mobile", "false")):
            KeyedField.objects.create(
                review=item.reviews.get(),
                role=role,
                field=field,
                verdict=FieldVerdict.DIFFERS if wrong and error == "false" else FieldVerdict.SAME,
                error=error if wrong else "right",
                compared_at=AT,
            )
    [stratum] = counted_of(run)
    assert (stratum.size, stratum.items) == (3, Count(right=2, false=1))
    assert stratum.fields == {"holder.mobile": Count(right=2, false=1), "holder.name": Count(right=3)}
    assert figures_of(run).whole.rate == pytest.approx(1 / 3)


def test_it_is_kept_and_sealed(reviewer, officer):
    run = reviewed_run(reviewer, ErrorKind.RIGHT, ErrorKind.RIGHT)

    made = conclude(run=run, actor=officer, at=LATER, note="全部一致")

    run.refresh_from_db()
    figures = Results.from_json(RunConclusion.objects.get().figures)
    assert (run.state, made.verdict, figures.verdict) == (RunState.CONCLUDED, RunVerdict.ACCEPT, "accept")
    said = conclusion_sealed(figures=made.figures, verdict=made.verdict, by=officer.username)
    assert (made.seal.subject, made.seal.content) == (f"run:{run.pk}", digest_of(said))
    assert broken() is None
    assert last_conclusion(run) == made
    kept = RunConclusion.objects.get().figures
    assert (
        digest_of(conclusion_sealed(figures=kept, verdict="accept", by=officer.username)) == made.seal.content
    )


def test_one_item_left_is_too_early(reviewer, officer):
    run = make_run([make_policy(), make_policy()])
    done_by(reviewer, run.items.order_by("place")[0], ErrorKind.RIGHT)
    with pytest.raises(ConclusionRefused):
        conclude(run=run, actor=officer, at=LATER)
    assert not Seal.objects.exists()


def test_where_two_disagree_a_third_decides_first(reviewer, officer):
    run = reviewed_run(reviewer, ErrorKind.RIGHT)
    item = run.items.get()
    second = given_to(make_staff(Role.COMPLIANCE), item, round=2)
    second.state, second.opened_at = "open", AT
    second.save()
    second.state, second.done_at, second.outcome = "done", AT, ErrorKind.FALSE
    second.save()
    item.outcome = ErrorKind.FALSE
    item.save()
    with pytest.raises(ConclusionRefused):
        conclude(run=run, actor=officer, at=LATER)


def test_only_who_may_and_only_once(reviewer, officer):
    run = reviewed_run(reviewer, ErrorKind.RIGHT)
    with pytest.raises(ConclusionRefused):
        conclude(run=run, actor=make_staff(Role.AUDITOR), at=LATER)
    conclude(run=run, actor=officer, at=LATER)
    with pytest.raises(ConclusionRefused):
        conclude(run=run, actor=officer, at=LATER)
    assert RunConclusion.objects.count() == 1


def test_a_conclusion_stays_as_it_was(reviewer, officer):
    made = conclude(run=reviewed_run(reviewer, ErrorKind.RIGHT), actor=officer, at=LATER)
    with pytest.raises(Error), transaction.atomic():
        RunConclusion.objects.filter(pk=made.pk).update(verdict=RunVerdict.REJECT)
    with pytest.raises(Error), transaction.atomic():
        made.delete()
