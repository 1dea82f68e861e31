"""Every address and every admin action names its permission, and changes things on POST only."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.decorators.cache import never_cache
from django.views.generic import View

from tests.house.sources import PACKAGES, functions, modules, shown
from workplace.access import requires

# Reachable without naming a permission, each for a reason.
PUBLIC = {
    "login",  # how one gets in
    "logout",  # how one gets out
    "set_language",  # the login page is bilingual
    "healthz",  # probes have no account; the answer is one word
    "readyz",  # the same
    "metrics",  # for this machine or with a token; to anybody else it does not exist
    "openapi-json",  # describes the interface, holds no data
    "openapi-view",  # the same
    "api-root",  # names the interface only
    "jsi18n",  # texts only
}
# Links in the admin that only read or lead on.
READING_ACTIONS: set[str] = set()
# Operations that a GET may call: what was looked at is written down.
RECORDS_OF_LOOKING = {
    "log_search",
    "note_reveal",
    "note_sent",
    "record_access",
    "record_look",
    "record_opening",
}
ADMIN_VIEW = admin.AdminSite.admin_view.__qualname__ + ".<locals>.inner"
Route = tuple[str, URLPattern]


def routes(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, where)
        else:
            yield where, pattern


def is_guarded_by_admin_site(callback: Callable[..., Any]) -> bool:
    """Django's own routes to ModelAdmin and AdminSite views call admin_view, which asks has_permission."""
    if hasattr(callback, "model_admin") or hasattr(callback, "admin_site"):
        return True
    return any(function.__code__.co_qualname == ADMIN_VIEW for function in layers(callback))


def layers(function: Any) -> Iterator[Any]:
    """A decorated function and what its decorators hold in their closures."""
    if inspect.isfunction(function):
        yield function
        for cell in function.__closure__ or ():
            yield from layers(cell.cell_contents)


def api_operations(callback: Callable[..., Any]) -> list[Any]:
    """The operations behind one path of the API, or nothing when it is none."""
    view = inspect.getclosurevars(callback).nonlocals.get("self") if inspect.isfunction(callback) else None
    return list(getattr(view, "operations", []))


def declared_permission(callback: Callable[..., Any]) -> str:
    view_class = getattr(callback, "view_class", None)
    if view_class is not None and issubclass(view_class, PermissionRequiredMixin):
        return str(view_class.permission_required or "")
    return str(getattr(callback, "zhenxin_permission", ""))


def is_open(pattern: URLPattern) -> bool:
    """True when this address neither is on the list of public ones nor says who may call it."""
    callback = pattern.callback
    if isinstance(callback, partial):
        return pattern.name not in PUBLIC
    if operations := api_operations(callback):
        return not all(operation.auth_callbacks for operation in operations)
    named = declared_permission(callback) or is_guarded_by_admin_site(callback)
    return not named and pattern.name not in PUBLIC


def known_permissions() -> set[str]:
    known = {"login"}
    for model in apps.get_models():
        codenames = [name for name, _label in model._meta.permissions]
        codenames += [f"{action}_{model._meta.model_name}" for action in model._meta.default_permissions]
        known |= {f"{model._meta.app_label}.{codename}" for codename in codenames}
    return known


def mutating_on_get(text: str) -> list[str]:
    """Views that call an operation without saying that they were posted to."""
    tree = ast.parse(text)
    operations: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and re.search(r"(^|\.)operations(\.|$)", node.module or ""):
            operations |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            operations |= {alias.asname or alias.name for alias in node.names if alias.name == "operations"}
    operations -= RECORDS_OF_LOOKING
    while (
        helpers := {f.name for f in functions(tree) if not is_view(f) and calls(f, operations)} - operations
    ):
        operations |= helpers
    return [f.name for f in functions(tree) if is_view(f) and calls(f, operations) and not says_post(f)]


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """What is handed the request; a helper that is not passes its operations on to its callers."""
    return "request" in {argument.arg for argument in function.args.args}


def calls(function: ast.FunctionDef | ast.AsyncFunctionDef, operations: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            target = node.func
            while isinstance(target, ast.Attribute) and not isinstance(target.value, ast.Call):
                if target.attr in RECORDS_OF_LOOKING:
                    break
                target = target.value
            if isinstance(target, ast.Name) and target.id in operations:
                return True
    return False


def says_post(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """By its name, its decorator, or by asking request.method; a helper of such a view ends in `_posted`."""
    if function.name in {"post", "save_model", "save_related", "delete_model", "delete_queryset"}:
        return True
    if function.name.endswith("_posted"):
        return True
    decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    if re.search(
        r"require_POST|\baction\(|require_http_methods\(\['POST'\]\)|\.(post|put|patch|delete)\(", decorators
    ):
        return True
    return any(isinstance(node, ast.Attribute) and node.attr == "method" for node in ast.walk(function))


def view_modules() -> list[Path]:
    folders = {"views", "admin", "api"}
    return [p for p in modules(*PACKAGES) if folders.intersection((*p.parts, p.stem))]


def admin_actions(model_admin: admin.ModelAdmin) -> Iterator[tuple[str, Callable[..., Any]]]:
    for function, name, _label in model_admin._get_base_actions():
        yield name, function


def flat(names: Iterable[Any]) -> Iterator[str]:
    """Unfold lets a menu stand for several actions: `{"title": …, "items": […]}`."""
    for name in names:
        if isinstance(name, dict):
            yield from flat(name["items"])
        else:
            yield name


def test_every_address_names_its_permission():
    found = list(routes(get_resolver().url_patterns))
    assert len(found) > 20
    assert [where for where, pattern in found if is_open(pattern)] == []


def test_every_named_permission_exists():
    found = [declared_permission(p.callback) for _where, p in routes(get_resolver().url_patterns)]
    named = {name for text in found if text for name in text.split(" | ")}
    assert named
    assert named - known_permissions() == set()


def test_every_admin_action_names_its_permission():
    registered = admin.site._registry.values()
    assert registered
    unnamed = [
        f"{type(model_admin).__name__}.{name}"
        for model_admin in registered
        for name, function in admin_actions(model_admin)
        if not getattr(function, "allowed_permissions", None)
    ]
    assert unnamed == []


def test_admin_links_only_read():
    """Unfold's list, row and detail actions are links: what changes things must be a form."""
    links = {
        f"{type(model_admin).__name__}.{name}"
        for model_admin in admin.site._registry.values()
        for kind in ("actions_list", "actions_row", "actions_detail")
        for name in flat(getattr(model_admin, kind, ()))
    }
    assert links - READING_ACTIONS == set()


def test_views_change_things_on_post_only():
    paths = view_modules()
    assert paths
    found = {shown(p): names for p in paths if (names := mutating_on_get(p.read_text()))}
    assert found == {}


def bare(request: Any) -> None: ...


class BareView(View):
    zhenxin_permission = "customers.view_customer"


def test_the_check_sees_an_address_without_a_permission():
    assert is_open(path("x/", bare, name="x"))
    assert is_open(path("x/", BareView.as_view(), name="x"))
    assert not is_open(path("x/", requires("customers.view_customer")(bare), name="x"))
    assert not is_open(path("login/", bare, name="login"))
    assert not is_open(path("x/", admin.site.admin_view(bare), name="x"))
    assert is_open(path("x/", never_cache(bare), name="x"))


@pytest.mark.parametrize("auth", [None, lambda request: "core"])
def test_the_check_sees_an_open_api_operation(auth: Any):
    from ninja import NinjaAPI

    api = NinjaAPI(urls_namespace=f"planted-{bool(auth)}", docs_url=None, openapi_url=None)
    api.get("/book", url_name="book", auth=auth)(lambda request: {})
    found = [pattern for pattern in api.urls[0] if pattern.name == "book"]
    assert [is_open(pattern) for pattern in found] == [auth is None]


def test_the_check_sees_a_change_on_get():
    planted = """
from audits.operations import close
from audits import operations
def by_get(request): close(actor=request.user)
def by_module(request): operations.assign(actor=request.user)
def helper(finding): close(actor=finding.owner)
def by_helper(request): helper(request.finding)
@require_POST
def by_post(request): close(actor=request.user)
def by_either(request):
    if request.method == "POST": close(actor=request.user)
@admin.action(permissions=["change"])
def by_admin_action(self, request, queryset): close(actor=request.user)
def reads(request): return render(request)
"""
    assert mutating_on_get(planted) == ["by_get", "by_module", "by_helper"]
