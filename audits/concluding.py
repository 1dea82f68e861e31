"""Whether a sample may be concluded now, or be extended, and by whom."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.models import SamplingRun
from audits.run_figures import last_conclusion
from audits.runs import in_scope, why_not_draw
from audits.sample_reviews import agreement_of
from audits.sampling.choices import ItemOutcome, RunState
from workplace.models import Staff

CONCLUDE = "audits.conclude_samplingrun"


def why_not_conclude(run: SamplingRun, staff: Staff) -> str:
    """Nothing when this person may conclude it now."""
    if not staff.is_active or not staff.has_perm(CONCLUDE):
        return _("Your role concludes no samples.")
    if not in_scope(run.plan, staff):
        return _("This draw is outside your scope.")
    if run.state == RunState.CONCLUDED:
        return _("It is concluded already.")
    if run.state != RunState.DRAWN:
        return _("Only a sample that is in review is concluded.")
    if not run.items.exists():
        return _("Nothing was drawn.")
    pending = run.items.filter(outcome=ItemOutcome.PENDING).count()
    if pending:
        text = ngettext("%(n)d item is not reviewed yet.", "%(n)d items are not reviewed yet.", pending)
        return text % {"n": pending}
    differ = len(agreement_of(run).differ)
    if differ:
        text = ngettext(
            "On %(n)d item two reviewers disagree; a third person decides first.",
            "On %(n)d items two reviewers disagree; a third person decides first.",
            differ,
        )
        return text % {"n": differ}
    return ""


def extension_of(run: SamplingRun) -> int:
    """How many more its conclusion asks for; none where that decided, or while it is reviewed."""
    last = last_conclusion(run) if run.state == RunState.CONCLUDED else None
    return min(last.extend_by, run.frame_size - run.items.count()) if last else 0


def together(looks: int, confidence: float) -> float:
    """What holds of all looks at once: each may be wrong, and their risks add up (Bonferroni)."""
    return max(1 - looks * (1 - confidence), 0.0)


def why_not_extend(run: SamplingRun, staff: Staff) -> str:
    """Nothing when this person may extend it now: two people take part in each further look."""
    if refusal := why_not_draw(run.plan, staff):
        return refusal
    if not extension_of(run):
        return _("A sample is extended when its conclusion left it open, by as many as that names.")
    if (last := last_conclusion(run)) and last.concluded_by_id == staff.pk:
        return _("Who concluded it does not extend it; another person does.")
    return ""
