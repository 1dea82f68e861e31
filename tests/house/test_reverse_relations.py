"""No app reaches an upper one through a reverse relation: `policies__x` inside customers is an import."""

import ast
import re
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from guardian.models.models import BaseObjectPermission

from tests.house.sources import APPS, called_name, modules, shown

RANK = {app: rank for rank, app in enumerate(APPS)}
LOOKUP = re.compile(r"^-?[a-z][a-z0-9_]*$")
ORM_CALLS = {
    "filter", "exclude", "get", "annotate", "aggregate", "alias", "values", "values_list", "order_by",
    "only", "defer", "distinct", "select_related", "prefetch_related", "Prefetch", "Q", "F", "OuterRef",
    "Count", "Sum", "Min", "Max", "Avg", "Exists", "FilteredRelation", "UniqueConstraint", "Index",
    "get_or_create", "update_or_create", "get_object_or_404", "latest", "earliest", "dates",
}  # fmt: skip
Relation = models.ForeignKey | models.ManyToManyField


def upward_relations() -> Iterator[tuple[str, Relation]]:
    """Each relation that a higher app's model has to a lower app's, with the higher app's name."""
    for model in apps.get_models():
        owner = model._meta.app_label
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if not isinstance(field, Relation) or owner not in RANK:
                continue
            if RANK.get(field.related_model._meta.app_label, len(RANK)) < RANK[owner]:
                yield owner, field


def is_named(field: Relation) -> bool:
    """Guardian's abstract rows bring their own relations; their default names are looked for all the same."""
    return bool(field._related_name) or issubclass(field.model, BaseObjectPermission)


def reverse_names(field: Relation) -> set[str]:
    if field.remote_field.hidden:
        return set()
    return {field.related_query_name(), field.remote_field.get_accessor_name()}


def declared_below(app: str) -> set[str]:
    """Names that the lower apps' own models answer to by themselves."""
    names: set[str] = set()
    for model in apps.get_models():
        if RANK.get(model._meta.app_label, len(RANK)) < RANK[app]:
            names |= {field.name for field in [*model._meta.local_fields, *model._meta.local_many_to_many]}
    return names


def strings_in_orm_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    if called_name(call) not in ORM_CALLS:
        return
    for argument in call.args:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value


def mentions(text: str, names: Iterable[str]) -> list[tuple[int, str]]:
    """Lines that name one of these relations: a lookup, an ORM string, or an attribute."""
    names = set(names)
    found: set[tuple[int, str]] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            is_orm = called_name(node) in ORM_CALLS
            lookups = [(node.lineno, k.arg) for k in node.keywords if k.arg and (is_orm or "__" in k.arg)]
            for line, lookup in [*lookups, *strings_in_orm_call(node)]:
                if LOOKUP.match(lookup) and names.intersection(lookup.lstrip("-").split("__")):
                    found.add((line, lookup))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "__" in node.value:
            if LOOKUP.match(node.value) and names.intersection(node.value.lstrip("-").split("__")):
                found.add((node.lineno, node.value))
        elif isinstance(node, ast.Attribute) and node.attr in names:
            found.add((node.lineno, node.attr))
    return sorted(found)


def test_every_upward_relation_names_its_reverse():
    relations = list(upward_relations())
    assert relations
    assert [
        f"{field.model.__name__}.{field.name}" for _owner, field in relations if not is_named(field)
    ] == []


def test_no_upward_relation_borrows_a_name_that_a_lower_app_uses_itself():
    clashes = {
        f"{field.model.__name__}.{field.name}: {name}"
        for owner, field in upward_relations()
        for name in reverse_names(field) & declared_below(owner)
    }
    assert clashes == set()


def test_no_app_uses_an_upward_reverse_relation():
    used = []
    for app in APPS[:-1]:
        names = {n for owner, f in upward_relations() if RANK[owner] > RANK[app] for n in reverse_names(f)}
        for path in modules(app):
            used += [(shown(path), *mention) for mention in mentions(path.read_text(), names)]
    assert used == []


def test_the_check_sees_each_way_to_reach_upward():
    planted = """
Customer.objects.filter(policies__number="1")
Customer.objects.order_by("-policies")
Customer.objects.values("number", "policies__number")
customer.policies.all()
LOOKUPS = ["policies__number"]
"""
    assert [line for line, _name in mentions(planted, {"policies"})] == [2, 3, 4, 5, 6]
    assert mentions('count(policies=1)\nsay("policies")\npolicies = 2\n', {"policies"}) == []


def test_the_check_sees_a_relation_without_a_name():
    unnamed = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    named = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    unnamed.model = named.model = models.Model
    assert [is_named(unnamed), is_named(named)] == [False, True]
