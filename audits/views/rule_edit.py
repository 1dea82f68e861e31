"""Compliance writes down what a rule or a word list should say; what it would change is measured first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audits.catalogue import catalogue, rule_of
from audits.models.rule_change import GRAVE
from audits.operations.dry_runs import measure_change
from audits.operations.rule_changes import ChangeRefused, draft_rule, draft_words
from audits.rule_forms import RuleForm, TryForm, WordsForm
from audits.rulebook.legal import by_law
from audits.rulebook.proposals import gravest_of, is_read_when_stored, known_codes, terms_on
from audits.rulebook.reading import readers_of_list
from audits.rulebook.thresholds import LOOSE_TITLES
from authenticity.models import Article, Word
from authenticity.models.word import WordList
from authenticity.queries import in_force, words_on
from workplace.access import requires, staff_of


@requires("authenticity.change_rulesetting")
@require_http_methods(["GET", "POST"])
def rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Posting drafts the change and measures it; the next page tells what it would do."""
    if code not in known_codes():
        raise Http404
    staff, now = staff_of(request), timezone.now()
    today = timezone.localdate(now)
    form = RuleForm(code, terms_on(code, today), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = draft_rule(
                code=code,
                terms=form.proposed(),
                reason=form.cleaned_data["reason"],
                effective_from=form.cleaned_data["effective_from"],
                effective_to=form.cleaned_data["effective_to"],
                actor=staff,
                at=now,
            )
        except ChangeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            measure_change(change=change, actor=staff, at=now)
            return redirect("rule_change", pk=change.pk)
    found = rule_of(code)
    context: dict[str, Any] = {
        "code": code,
        "form": form,
        "rule": found,
        "title": str(found.message).replace("{field}", "…") if found else LOOSE_TITLES[code],
        "laws": _laws(form),
        "four_eyes": gravest_of("rule", code, {}, today) in GRAVE,
        "try_form": TryForm(),
    }
    return render(request, "audits/rule_edit.html", context)


def _laws(form: RuleForm) -> list[tuple[str, list[tuple[Article, bool]]]]:
    """The library by law, with what is ticked; the laws that are cited first."""
    if form.rule is None:
        return []
    rows = [(one, one.code in form.cited) for one in Article.objects.order_by("pk")]
    laws = by_law(rows, lambda row: row[0].law)
    return sorted(laws, key=lambda law: not any(ticked for _article, ticked in law[1]))


@requires("authenticity.view_word")
@require_safe
def word_lists(request: HttpRequest) -> HttpResponse:
    words = words_on(timezone.localdate())
    lists = [
        {
            "name": name,
            "label": label,
            "count": len(words.get(name, ())),
            "some": sorted(words.get(name, ()))[:8],
            "readers": [catalogue()[code] for code in readers_of_list(name)],
            "stored": is_read_when_stored("words", name),
        }
        for name, label in WordList.choices
    ]
    return render(request, "audits/word_lists.html", {"lists": lists})


@requires("authenticity.view_word")
@require_http_methods(["GET", "POST"])
def word_list(request: HttpRequest, name: str) -> HttpResponse:
    """All entries of one list; posting drafts a change of many of them at once."""
    if name not in WordList.values:
        raise Http404
    staff, now = staff_of(request), timezone.now()
    today = timezone.localdate(now)
    standing = sorted(words_on(today).get(name, ()))
    form = WordsForm(standing, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = draft_words(
                name=name,
                add=form.cleaned_data["add"],
                remove=form.cleaned_data["remove"],
                reason=form.cleaned_data["reason"],
                effective_from=form.cleaned_data["effective_from"],
                actor=staff,
                at=now,
            )
        except ChangeRefused as refusal:
            messages.error(request, str(refusal))
        else:
            measure_change(change=change, actor=staff, at=now)
            return redirect("rule_change", pk=change.pk)
    context = {
        "name": name,
        "label": WordList(name).label,
        "words": standing,
        "form": form,
        "readers": [catalogue()[code] for code in readers_of_list(name)],
        "stored": is_read_when_stored("words", name),
        "four_eyes": gravest_of("words", name, {}, today) in GRAVE,
        "later": Word.objects.filter(list=name, effective_from__gt=today).exclude(in_force(today)),
        "may_change": staff.has_perm("authenticity.change_word"),
    }
    return render(request, "audits/word_list.html", context)
