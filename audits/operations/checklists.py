"""Checklists: versions are written, and fixed by the approval of a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audits.models import Checklist, ChecklistItem, ChecklistVersion
from audits.plan_reading import questions_of
from audits.sampling.checklists import Question, delivered
from audits.sampling.choices import AnswerKind, SamplePurpose
from authenticity.models import Article
from workplace.models import Staff
from workplace.operations.staff import recorded

CHANGE = "audits.change_samplingplan"
APPROVE = "audits.approve_samplingplan"
MOST = 60


class ChecklistRefused(Exception):
    """The step cannot be taken; its text says why, `line` of which question, from 1."""

    def __init__(self, text: str, *, field: str = "", line: int = 0) -> None:
        super().__init__(text)
        self.field = field
        self.line = line


def deliver_checklists(*, at: datetime, using: str = "default") -> int:
    """Adds those that are not there, approved as delivered; what compliance has is left alone."""
    known = set(Checklist.objects.using(using).values_list("code", flat=True))
    new = [one for one in delivered() if one.code not in known]
    with transaction.atomic(using=using):
        for one in new:
            kept = Checklist.objects.using(using).create(code=one.code, name=one.name, purpose=one.purpose)
            version = ChecklistVersion.objects.using(using).create(checklist=kept, number=1, made_at=at)
            _write(version, one.questions, using=using)
            version.approved_at = at
            version.save(using=using, update_fields=["approved_at"])
    return len(new)


def new_checklist(*, code: str, name: str, purpose: str, actor: Staff, at: datetime) -> ChecklistVersion:
    """With its first, empty version."""
    _may_write(actor)
    if purpose not in ("", *SamplePurpose.values):
        raise ChecklistRefused(_("There is no such choice."), field="purpose")
    try:
        with transaction.atomic(), recorded(actor, "checklist made"):
            made = Checklist.objects.create(code=code, name=name, purpose=purpose)
            return ChecklistVersion.objects.create(checklist=made, number=1, made_by=actor, made_at=at)
    except IntegrityError as error:
        raise ChecklistRefused(_("Another checklist has this code."), field="code") from error


def next_checklist_version(*, checklist: Checklist, actor: Staff, at: datetime) -> ChecklistVersion:
    """An editable copy of the last version; plans keep the version that they were approved with."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "checklist written anew"):
        Checklist.objects.select_for_update().get(pk=checklist.pk)
        last = checklist.versions.order_by("-number").first()
        if last is not None and last.approved_at is None:
            raise ChecklistRefused(_("Another version is in work already."))
        number = last.number + 1 if last else 1
        made = ChecklistVersion.objects.create(checklist=checklist, number=number, made_by=actor, made_at=at)
        if last is not None:
            _write(made, questions_of(last))
    return made


def write_checklist(
    *, version: ChecklistVersion, questions: Sequence[Question], actor: Staff, at: datetime
) -> ChecklistVersion:
    """All questions of an unapproved version, in their order; whoever wrote last cannot approve."""
    _may_write(actor)
    _check(questions)
    with transaction.atomic(), recorded(actor, "checklist written"):
        found = _locked(version)
        found.items.all().delete()
        _write(found, questions)
        found.made_by, found.made_at = actor, at
        found.save(update_fields=["made_by", "made_at"])
    return found


def approve_checklist(*, version: ChecklistVersion, actor: Staff, at: datetime) -> ChecklistVersion:
    """By somebody else than who wrote it; from now on the database keeps it as it is."""
    if not actor.is_active or not actor.has_perm(APPROVE):
        raise ChecklistRefused(_("Your role does not approve checklists."))
    with transaction.atomic(), recorded(actor, "checklist approved"):
        found = _locked(version)
        if found.made_by_id == actor.pk:
            raise ChecklistRefused(_("Another person decides about what you wrote."))
        if not found.items.exists():
            raise ChecklistRefused(_("A checklist without a question asks nothing."))
        found.approved_by, found.approved_at = actor, at
        found.save(update_fields=["approved_by", "approved_at"])
    return found


def drop_checklist_version(*, version: ChecklistVersion, actor: Staff, at: datetime) -> Checklist | None:
    """An unapproved one; a checklist that has no other goes with it, and None comes back."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "checklist version dropped"):
        found = _locked(version)
        checklist = found.checklist
        found.delete()
        if checklist.versions.exists():
            return checklist
        checklist.delete()
        return None


def _locked(version: ChecklistVersion) -> ChecklistVersion:
    rows = ChecklistVersion.objects.select_for_update(of=("self",)).select_related("checklist", "approved_by")
    found: ChecklistVersion | None = rows.filter(pk=version.pk).first()
    if found is None:
        raise ChecklistRefused(_("This version was dropped."))
    if found.approved_at is not None:
        by = found.approved_by.name if found.approved_by else _("the delivery")
        raise ChecklistRefused(_("Approved by %(by)s already; make the next version.") % {"by": by})
    return found


def _check(questions: Sequence[Question]) -> None:
    if len(questions) > MOST:
        raise ChecklistRefused(
            _("At most %(most)d questions; nobody answers more with care.") % {"most": MOST}
        )
    cited = {one.article for one in questions if one.article}
    known = set(Article.objects.filter(code__in=cited).values_list("code", flat=True))
    seen: set[str] = set()
    for line, one in enumerate(questions, start=1):
        if not one.text.strip():
            raise ChecklistRefused(_("Write the question."), line=line)
        if len(one.text) > 300:
            raise ChecklistRefused(_("At most 300 characters."), line=line)
        if one.article and one.article not in known:
            raise ChecklistRefused(
                _("The library has no article %(code)s.") % {"code": one.article}, line=line
            )
        if one.kind not in AnswerKind.values:
            raise ChecklistRefused(_("There is no such choice."), line=line)
        if not one.code or one.code in seen:
            raise ChecklistRefused(_("Each question has a code of its own."), line=line)
        seen.add(one.code)


def _write(version: ChecklistVersion, questions: Sequence[Question], *, using: str = "default") -> None:
    cited = {one.article for one in questions if one.article}
    articles = {one.code: one for one in Article.objects.using(using).filter(code__in=cited)}
    ChecklistItem.objects.using(using).bulk_create(
        [
            ChecklistItem(
                version=version,
                place=place,
                code=one.code,
                text=one.text.strip(),
                article=articles.get(one.article),
                kind=one.kind,
                fails=one.fails and one.kind == AnswerKind.YES_NO,
            )
            for place, one in enumerate(questions, start=1)
        ]
    )


def _may_write(actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(CHANGE):
        raise ChecklistRefused(_("Your role does not write checklists."))
