from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from authenticity.models import Article, Division, RuleSetting, Word


class RuleBookAdmin(ModelAdmin):
    """Looked up here; changed on the pages of the rule book, where each change gives its reason."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RuleSetting)
class RuleSettingAdmin(RuleBookAdmin):
    list_display = ("code", "version", "enabled", "severity", "effective_from", "effective_to", "updated_at")
    list_filter = ("enabled", "severity")
    search_fields: ClassVar[tuple[str, ...]] = ("code",)


@admin.register(Word)
class WordAdmin(RuleBookAdmin):
    list_display = ("text", "list", "effective_from", "effective_to")
    list_filter = ("list",)
    search_fields: ClassVar[tuple[str, ...]] = ("text",)


@admin.register(Article)
class ArticleAdmin(RuleBookAdmin):
    list_display = ("code", "law", "number", "inferred", "province")
    list_filter = ("inferred",)
    search_fields: ClassVar[tuple[str, ...]] = ("code", "law", "number", "text")


@admin.register(Division)
class DivisionAdmin(RuleBookAdmin):
    """Loaded from the published lists."""

    list_display = ("code", "name", "level", "valid_to", "successor_code")
    list_filter = ("level",)
    search_fields: ClassVar[tuple[str, ...]] = ("=code", "name")
