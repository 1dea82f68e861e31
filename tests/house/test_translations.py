"""Chinese is complete, agrees with its sources, and is compiled."""

import itertools
import re

import polib
import pytest
from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from guardian.models.models import BaseObjectPermission

from config import catalogues
from config.catalogues import Catalogue, Message
from tests.house.sources import APPS, PACKAGES, modules, shown

POLITE = re.compile("您")


@pytest.mark.parametrize("catalogue", catalogues.catalogues(), ids=lambda catalogue: catalogue.name)
def test_the_catalogue_is_complete_and_compiled(catalogue: Catalogue):
    assert len(catalogue.read()) > 100
    assert [str(problem) for problem in catalogues.problems(catalogue)] == []


def test_no_translation_function_is_handed_a_built_string():
    built = [
        f"{shown(path)}:{line}"
        for path in modules(*PACKAGES)
        for line in catalogues.f_strings_in_gettext(path.read_text())
    ]
    assert built == []


def test_our_texts_address_nobody_ceremoniously():
    own = catalogues.catalogues()[0].read()
    assert [entry.msgid for entry in own if POLITE.search(catalogues.translation(entry))] == []


def test_every_field_of_our_models_has_a_translated_name():
    fields = itertools.chain.from_iterable(
        model._meta.local_fields
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and not hasattr(model, "pgh_tracked_model")
        and not issubclass(model, BaseObjectPermission)
    )
    unnamed = [
        str(field)
        for field in fields
        if not isinstance(field, models.AutoField) and not isinstance(field.verbose_name, Promise)
    ]
    assert unnamed == []


def catalogue_of(**texts: str) -> polib.POFile:
    po = polib.POFile()
    for msgid, msgstr in texts.items():
        po.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    return po


def kinds(po: polib.POFile, *sources: str) -> list[str]:
    messages = {(None, msgid): Message(None, msgid, None, ["views.py:1"]) for msgid in sources}
    return [problem.kind for problem in catalogues.entry_problems(po, messages, "own")]


def test_the_check_sees_each_kind_of_gap():
    assert kinds(catalogue_of(Customer="客户"), "Customer") == []
    assert kinds(catalogue_of(Customer=""), "Customer") == ["missing"]
    assert kinds(catalogue_of(), "Customer") == ["missing"]
    assert kinds(catalogue_of(Customer="客户", Policy="保单"), "Customer") == ["obsolete"]
    assert kinds(catalogue_of(**{"%(n)s due": "%(m)s 件到期"}), "%(n)s due") == ["placeholders differ"]
    assert kinds(catalogue_of(Wait="请稍候,马上好"), "Wait") == ["half-width punctuation beside Han"]
    fuzzy = catalogue_of(Customer="客户")
    fuzzy[0].flags.append("fuzzy")
    assert kinds(fuzzy, "Customer") == ["fuzzy"]


def test_the_check_sees_a_stale_compiled_file(tmp_path):
    catalogue = Catalogue("own", tmp_path)
    catalogues.write(catalogue, catalogue_of(Customer="客户"))
    catalogue_of(Customer="顾客").save(str(catalogue.po_path))
    assert "compiled file is out of date" in {problem.kind for problem in catalogues.problems(catalogue)}


def test_the_check_sees_a_built_string():
    assert catalogues.f_strings_in_gettext('_("plain")\n_(f"{n} due")\ngettext("a" + b)\n') == [2, 3]


def test_strings_are_read_from_modules_and_templates():
    python = 'pgettext("verb", "Open")\nngettext("%(n)s due", "%(n)s due", n)\n'
    page = """
    {% load i18n %}
      <p>{% translate "Due today" %}</p>
        {% blocktranslate trimmed count n=n %}
          {{ n }} person
        {% plural %}
          {{ n }} people
        {% endblocktranslate %}
    """
    read = [*catalogues.extract_text(python, is_template=False, place="a.py")]
    read += catalogues.extract_text(page, is_template=True, place="a.html")
    assert [(m.context, m.msgid, m.plural) for m in read] == [
        ("verb", "Open", None),
        (None, "%(n)s due", "%(n)s due"),
        (None, "Due today", None),
        (None, "%(n)s person", "%(n)s people"),
    ]


def test_punctuation_is_made_full_width_only_beside_han():
    assert catalogues.full_width("客户(%(n)s),保单:1,234.50 元") == "客户（%(n)s），保单：1,234.50 元"
    assert catalogues.full_width("10:30, PH-020 (a)") == "10:30, PH-020 (a)"
