"""The base of every admin class: scoped, read-only, and deaf to filters that would guess masked values."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, TypeVar

from django.contrib.admin.utils import unquote
from django.db import models
from django.db.models import ForeignKey, Q
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from workplace.access import staff_of

ModelT = TypeVar("ModelT", bound=models.Model)


class ScopedAdmin(ModelAdmin):
    """What one may not see does not exist here: list, search, pickers, pages.

    Records come by file and change through operations, so nothing is added, changed or deleted; a subclass
    that offers an operation opens what it needs. A record is shown on our own page, where it is masked.
    """

    record_kind: ClassVar[str] = ""
    own_page: ClassVar[str] = ""
    found_by_prefix: ClassVar[tuple[str, ...]] = ("number",)
    found_exactly: ClassVar[tuple[str, ...]] = ()
    actions = None
    list_per_page = 30
    show_full_result_count = False
    sortable_by: ClassVar[tuple[str, ...]] = ()
    ordering = ("-pk",)
    search_fields: ClassVar[tuple[str, ...]] = ("pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = super().get_queryset(request)
        visible = getattr(found, "visible_to", None)
        return visible(staff_of(request)) if visible else found

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = bool(request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}"))
        return may and (obj is None or obj.pk is None or self.sees(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def sees(self, request: HttpRequest, obj: models.Model) -> bool:
        return bool(self.get_queryset(request).filter(pk=obj.pk).exists())

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters on the screen: Django would let `?id_no__startswith=` spell a masked value."""
        names = {name if isinstance(name, str) else name[0] for name in self.list_filter or ()}
        field, _sep, rest = lookup.partition("__")
        return field in names and rest in {"", "exact", "in"}

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the beginning of a number or a name, and by a whole value of the rest; never by a part of it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(pk__in=[])
        for name in self.found_by_prefix:
            found |= Q(**{f"{name}__startswith": term})
        for name in self.found_exactly:
            found |= Q(**{name: term})
        return queryset.filter(found), False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        related: Any = db_field.related_model._default_manager
        if hasattr(related, "visible_to"):
            kwargs["queryset"] = related.visible_to(staff_of(request))
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.own_page:
            return redirect(self.own_page, pk=self._found(request, object_id).pk)
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own history knows only what went through the admin; ours knows every change."""
        found = self._found(request, object_id)
        if not self.record_kind:
            raise Http404
        return redirect("record_history", kind=self.record_kind, pk=found.pk)

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        found = self.get_object(request, unquote(object_id))
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        return found

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """Django would lead to the index with a message that repeats the key."""
        raise Http404
