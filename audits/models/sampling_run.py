"""A draw: who gave which part of the seed when, what the frame was, what came out; nothing is thrown away."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models.change_request import ChangeRequest
from audits.models.rectification import Rectification
from audits.models.sampling_plan import PlanVersion, SamplingPlan
from audits.models.sampling_queryset import OfRunQuerySet, SampleItemQuerySet, SamplingRunQuerySet
from audits.sampling.choices import ItemOrigin, ItemOutcome, RunOccasion, RunState, RunVerdict, SealKind
from customers.models import Customer
from policies.models import Policy
from workplace.history import tracked
from workplace.models import Job, UploadedFile

RUN_MOVES = [
    (RunState.OPENED.value, RunState.FRAMED.value),
    (RunState.FRAMED.value, RunState.SEEDED.value),
    (RunState.SEEDED.value, RunState.DRAWN.value),
    (RunState.DRAWN.value, RunState.CONCLUDED.value),
    (RunState.CONCLUDED.value, RunState.DRAWN.value),
    (RunState.OPENED.value, RunState.WITHDRAWN.value),
    (RunState.FRAMED.value, RunState.WITHDRAWN.value),
    (RunState.SEEDED.value, RunState.WITHDRAWN.value),
    (RunState.DRAWN.value, RunState.WITHDRAWN.value),
]
# Each part of a draw is written once, in its step; what was sealed can be read, never replaced.
WRITTEN_ONCE = """
    IF NEW.plan_id <> OLD.plan_id OR NEW.version_id <> OLD.version_id OR NEW.period <> OLD.period
       OR NEW.occasion <> OLD.occasion OR NEW.machine_part <> OLD.machine_part
       OR NEW.machine_seal <> OLD.machine_seal OR NEW.algorithm <> OLD.algorithm
       OR NEW.opened_at <> OLD.opened_at
       OR (OLD.frame_digest <> '' AND (NEW.frame_digest <> OLD.frame_digest
           OR NEW.frame_size <> OLD.frame_size OR NEW.frame_file_id <> OLD.frame_file_id
           OR NEW.framed_at <> OLD.framed_at))
       OR (OLD.approver_part <> '' AND (NEW.approver_part <> OLD.approver_part
           OR NEW.seeded_by_id <> OLD.seeded_by_id OR NEW.seeded_at <> OLD.seeded_at))
       OR (OLD.seed <> '' AND NEW.seed <> OLD.seed)
       OR (OLD.drawn_at IS NOT NULL AND NEW.drawn_at IS DISTINCT FROM OLD.drawn_at) THEN
        RAISE EXCEPTION 'what a draw has sealed does not change';
    END IF;
    RETURN NEW;
"""


class Seal(models.Model):
    """One link of the sealed chain: each digest covers the one before, so nothing can be put in or taken out.

    `content` is the SHA-256 of what is sealed; `digest` of (previous, place, kind, subject, content, time).
    """

    place = models.PositiveBigIntegerField(_("Place"), unique=True)
    kind = models.CharField(pgettext_lazy("of a seal", "Kind"), max_length=16, choices=SealKind)
    subject = models.CharField(_("About"), max_length=80)
    content = models.CharField(_("SHA-256 of the content"), max_length=64)
    previous = models.CharField(_("Digest before"), max_length=64)
    digest = models.CharField(_("Digest"), max_length=64, unique=True)
    sealed_at = models.DateTimeField(_("Sealed at"))
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Sealed by"),
    )

    class Meta:
        verbose_name = _("Seal")
        verbose_name_plural = _("Seals")
        ordering = ["place"]
        indexes = [models.Index(fields=["subject", "place"], name="seal_of_subject")]
        triggers = [pgtrigger.Protect(name="seal_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.place} {self.kind}"


@tracked
class SamplingRun(models.Model):
    """One draw of a plan, from the machine's sealed part of the seed to the verdict.

    `period` such as `2026-11`; by schedule a plan has one a period. `machine_part` (hex) may be shown from
    the time the seed stands; `frame_file` holds the frame as text, one `key<TAB>stratum` a line in order.
    """

    plan = models.ForeignKey(
        SamplingPlan, on_delete=models.PROTECT, related_name="runs", verbose_name=_("Sampling plan")
    )
    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="runs", verbose_name=_("Version")
    )
    occasion = models.CharField(_("Occasion"), max_length=10, choices=RunOccasion)
    period = models.CharField(_("Period"), max_length=20)
    state = models.CharField(_("State"), max_length=10, choices=RunState, default=RunState.OPENED)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("In the place of"),
    )
    algorithm = models.CharField(_("Algorithm"), max_length=20)
    machine_part = models.CharField(_("Machine's part"), max_length=64)
    machine_seal = models.CharField(_("Seal of the machine's part"), max_length=64)
    opened_at = models.DateTimeField(_("Opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Opened by"),
    )
    frame_digest = models.CharField(_("Digest of the frame"), max_length=64, blank=True)
    frame_size = models.PositiveBigIntegerField(_("Size of the frame"), default=0)
    frame_file = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Frame"),
    )
    framed_at = models.DateTimeField(_("Frame taken at"), null=True, blank=True)
    approver_part = models.CharField(_("Approver's part"), max_length=200, blank=True)
    seeded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Seeded by"),
    )
    seeded_at = models.DateTimeField(_("Seeded at"), null=True, blank=True)
    seed = models.CharField(_("Seed"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("Drawn at"), null=True, blank=True)
    due_on = models.DateField(_("Review due"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("Withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Withdrawn by"),
    )
    withdrawal_reason = models.TextField(_("Reason of the withdrawal"), blank=True)
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Job")
    )

    objects = SamplingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Draw")
        verbose_name_plural = _("Draws")
        ordering = ["-id"]
        permissions = [
            ("draw_samplingrun", _("May draw samples")),
            ("seed_samplingrun", _("May give the approver's part of a seed")),
            ("conclude_samplingrun", _("May conclude samples")),
            ("pack_samplingrun", _("May make evidence packs")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "period"], condition=Q(occasion="scheduled"), name="run_once_a_period"
            ),
            models.UniqueConstraint(fields=["replaces"], name="run_replaced_once"),
            models.CheckConstraint(
                condition=Q(state__in=["opened", "withdrawn"])
                | Q(framed_at__isnull=False) & ~Q(frame_digest=""),
                name="run_framed_has_its_digest",
            ),
            models.CheckConstraint(
                condition=Q(seeded_at__isnull=True) | Q(seeded_at__gte=F("framed_at")),
                name="run_seeded_after_its_frame",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["opened", "framed", "withdrawn"])
                | (~Q(seed="") & ~Q(approver_part="") & Q(seeded_by__isnull=False)),
                name="run_drawn_has_its_seed",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="run_withdrawn_says_why",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="run_walks", field="state", transitions=RUN_MOVES),
            pgtrigger.Protect(name="run_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="run_begins_opened",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df="opened"),
            ),
            pgtrigger.Trigger(
                name="run_written_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=WRITTEN_ONCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.period}"


class SampleStratum(models.Model):
    """How many of the frame fall into a stratum and how many are to be drawn; written with the frame."""

    run = models.ForeignKey(
        SamplingRun, on_delete=models.CASCADE, related_name="strata", verbose_name=_("Draw")
    )
    key = models.CharField(_("Stratum"), max_length=200)
    label = models.CharField(_("Stratum, in words"), max_length=300)
    size = models.PositiveBigIntegerField(_("In the frame"))
    quota = models.PositiveIntegerField(_("To be drawn"))

    objects = OfRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stratum")
        verbose_name_plural = _("Strata")
        ordering = ["run", "key"]
        constraints = [
            models.UniqueConstraint(fields=["run", "key"], name="stratum_once"),
            models.CheckConstraint(
                condition=Q(quota__lte=F("size")), name="stratum_draws_no_more_than_it_has"
            ),
        ]
        triggers = [pgtrigger.Protect(name="stratum_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.key


@tracked
class SampleItem(models.Model):
    """One member of a sample. `place` is its place in the order of its stratum, from 1.

    `key` is the number in the frame: of a policy, a customer, a rectification or a change request.
    A substitute names whom it stands for and why; the replaced one stays, with the outcome *substituted*.
    """

    run = models.ForeignKey(
        SamplingRun, on_delete=models.PROTECT, related_name="items", verbose_name=_("Draw")
    )
    stratum = models.ForeignKey(
        SampleStratum, on_delete=models.PROTECT, related_name="items", verbose_name=_("Stratum")
    )
    place = models.PositiveIntegerField(_("Place"))
    key = models.CharField(_("Number"), max_length=40)
    origin = models.CharField(_("How it came in"), max_length=10, choices=ItemOrigin)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, related_name="sample_items", verbose_name=_("Policy")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="sample_items", verbose_name=_("Customer")
    )
    rectification = models.ForeignKey(
        Rectification,
        on_delete=models.PROTECT,
        null=True,
        related_name="sample_items",
        verbose_name=_("Rectification"),
    )
    change_request = models.ForeignKey(
        ChangeRequest,
        on_delete=models.PROTECT,
        null=True,
        related_name="sample_items",
        verbose_name=_("Change request"),
    )
    outcome = models.CharField(
        pgettext_lazy("of a sample item", "Outcome"),
        max_length=12,
        choices=ItemOutcome,
        default=ItemOutcome.PENDING,
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    stands_for = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="substitute",
        verbose_name=_("Stands for"),
    )
    substitution_reason = models.CharField(_("Reason of the substitution"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("Added at"))

    objects = SampleItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sample item")
        verbose_name_plural = _("Sample items")
        ordering = ["run", "stratum", "place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "key"], name="sample_item_once"),
            models.UniqueConstraint(fields=["stratum", "place"], name="sample_item_place_once"),
            models.CheckConstraint(
                condition=Q(policy__isnull=False)
                | Q(customer__isnull=False)
                | Q(rectification__isnull=False)
                | Q(change_request__isnull=False),
                name="sample_item_is_of_something",
            ),
            models.CheckConstraint(
                condition=Q(origin="substitute", stands_for__isnull=False) & ~Q(substitution_reason="")
                | ~Q(origin="substitute") & Q(stands_for__isnull=True),
                name="sample_item_substitute_says_why",
            ),
        ]
        triggers = [pgtrigger.Protect(name="sample_item_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.run_id} {self.pk}"


class RunConclusion(models.Model):
    """What a sample proves: rates with their bounds as computed then, and the verdict; only ever added.

    `figures` is `audits.sampling.results.Results` as JSON; after an extension one concludes anew.
    """

    run = models.ForeignKey(
        SamplingRun, on_delete=models.PROTECT, related_name="conclusions", verbose_name=_("Draw")
    )
    figures = models.JSONField(_("Figures"))
    verdict = models.CharField(_("Verdict"), max_length=8, choices=RunVerdict)
    extend_by = models.PositiveIntegerField(_("To be extended by"), default=0)
    note = models.TextField(_("Note"), blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Concluded by")
    )
    concluded_at = models.DateTimeField(_("Concluded at"))
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+", verbose_name=_("Seal"))

    objects = OfRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Conclusion of a sample")
        verbose_name_plural = _("Conclusions of samples")
        ordering = ["run", "-id"]
        triggers = [pgtrigger.Protect(name="conclusion_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.run_id} {self.verdict}"


class EvidencePack(models.Model):
    """A pack made for an inspector: its file, the digest of its manifest, its seal; only ever added."""

    run = models.ForeignKey(
        SamplingRun, on_delete=models.PROTECT, related_name="packs", verbose_name=_("Draw")
    )
    file = models.ForeignKey(
        UploadedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("File")
    )
    manifest_digest = models.CharField(_("Digest of the manifest"), max_length=64)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+", verbose_name=_("Seal"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Made by"),
    )
    made_at = models.DateTimeField(_("Made at"))

    objects = OfRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evidence pack")
        verbose_name_plural = _("Evidence packs")
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="pack_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.run_id} {self.pk}"
