"""The catalogue as the house reads it: what each rule says, whether it is on, what stands open."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audits.catalogue import catalogue
from audits.choices import FindingState
from audits.models import Finding
from authenticity.models import Article, RuleSetting
from authenticity.rule import Rule
from workplace.access import requires, staff_of


@dataclass(frozen=True)
class RuleLine:
    rule: Rule
    enabled: bool
    severity: str
    version: int
    setting: RuleSetting | None
    articles: list[Article]
    open: int

    @property
    def text(self) -> str:
        return str(self.rule.message).replace("{field}", "…")


@requires("authenticity.view_rulesetting")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    settings = {row.code: row for row in RuleSetting.objects.all()}
    articles = {row.code: row for row in Article.objects.all()}
    seen = Finding.objects.visible_to(staff_of(request)).filter(state=FindingState.OPEN)
    opened = dict(seen.order_by().values_list("rule").annotate(n=Count("pk")))
    lines = [
        RuleLine(
            rule=rule,
            enabled=setting.enabled if (setting := settings.get(code)) else True,
            severity=(setting.severity if setting else "") or rule.severity,
            version=setting.version if setting else 1,
            setting=setting,
            articles=[articles[name] for name in rule.articles if name in articles],
            open=opened.get(code, 0),
        )
        for code, rule in catalogue().items()
    ]
    return render(request, "audits/rules.html", {"lines": lines, "total": sum(opened.values())})
