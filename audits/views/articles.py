"""The library of articles: what each says, where it applies, which rules hold it, and what holds none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audits.choices import ChangeTarget
from audits.models import RuleChange
from audits.operations.rule_changes import ChangeRefused, change_article
from audits.rule_forms import ArticleForm, NewArticleForm
from audits.rulebook.compared import compared
from audits.rulebook.legal import Covered, by_law, coverage, in_force, province_names
from authenticity.models import Article
from workplace.access import requires, staff_of

SHOWS = ("bare", "outside", "held")


@requires("authenticity.view_article")
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """By law; `?show=past` with what is no longer in force."""
    today = timezone.localdate()
    text = request.GET.get("search", "").strip().casefold()
    province = request.GET.get("province", "")
    everything = list(Article.objects.order_by("pk"))
    past = request.GET.get("show") == "past"
    found = [
        one
        for one in everything
        if in_force(one, today) is not past
        and text in f"{one.code} {one.law} {one.number} {one.text}".casefold()
        and (not province or one.province == province)
    ]
    context = {
        "laws": by_law(found, lambda one: one.law),
        "count": len(found),
        "past": sum(not in_force(one, today) for one in everything),
        "inferred": sum(one.inferred for one in everything),
        "provinces": province_names(one.province for one in everything),
        "given": request.GET,
        "may_change": staff_of(request).has_perm("authenticity.change_article"),
    }
    return render(request, "audits/articles.html", context)


@requires("authenticity.view_article")
@require_safe
def article(request: HttpRequest, code: str) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    found = get_object_or_404(Article, code=code)
    covered = next(one for one in coverage(staff=staff, today=today) if one.article.pk == found.pk)
    named = province_names([found.province])
    context = {
        "article": found,
        "covered": covered,
        "in_force": in_force(found, today),
        "province": named.get(found.province, found.province),
        "carries_out": Article.objects.filter(code=found.carries_out).first(),
        "carried_out_by": Article.objects.filter(carries_out=found.code),
        "changes": [(change, compared(change)) for change in _changes(code)],
        "may_change": staff.has_perm("authenticity.change_article"),
    }
    return render(request, "audits/article.html", context)


def _changes(code: str) -> Iterable[RuleChange]:
    rows = RuleChange.objects.filter(target=ChangeTarget.ARTICLE, key=code)
    return rows.select_related("proposed_by").order_by("-pk")


@requires("authenticity.change_article")
@require_http_methods(["GET", "POST"])
def article_edit(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Article, code=code)
    form = ArticleForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid() and _saved_posted(request, form, code):
        return redirect("article", code=code)
    return render(request, "audits/article_edit.html", {"form": form, "article": found})


@requires("authenticity.add_article")
@require_http_methods(["GET", "POST"])
def article_add(request: HttpRequest) -> HttpResponse:
    form = NewArticleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if _saved_posted(request, form, code):
            return redirect("article", code=code)
    return render(request, "audits/article_edit.html", {"form": form, "article": None})


def _saved_posted(request: HttpRequest, form: ArticleForm, code: str) -> bool:
    try:
        change_article(
            code=code,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            actor=staff_of(request),
            at=timezone.now(),
        )
    except ChangeRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@requires("authenticity.view_article")
@require_safe
def article_coverage(request: HttpRequest) -> HttpResponse:
    """Article, rules, open findings; an article that nothing holds is shown so plainly."""
    today = timezone.localdate()
    found = [one for one in coverage(staff=staff_of(request), today=today) if in_force(one.article, today)]
    show = request.GET.get("show", "")
    kinds = {kind: [one for one in found if _kind(one) == kind] for kind in SHOWS}
    shown = kinds.get(show, found)
    context: dict[str, Any] = {
        "laws": by_law(shown, lambda one: one.article.law),
        "count": len(found),
        "numbers": {kind: len(rows) for kind, rows in kinds.items()},
        "show": show,
        "provinces": province_names(one.article.province for one in found),
    }
    return render(request, "audits/article_coverage.html", context)


def _kind(one: Covered) -> str:
    if one.rules or one.applied:
        return "held"
    return "outside" if one.article.control else "bare"
