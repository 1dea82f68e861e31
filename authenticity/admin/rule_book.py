from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from authenticity.models import Article, Division, RuleSetting, Word
from authenticity.operations.settings import change_setting
from authenticity.operations.words import remove_word, save_word


class RuleSettingForm(ModelForm):  # type: ignore[type-arg]  # takes no argument at run time
    class Meta:
        model = RuleSetting
        fields = ("code", "enabled", "severity", "parameters")

    def clean_parameters(self) -> dict[str, Any]:
        """Thresholds are whole numbers above zero by name."""
        given = self.cleaned_data["parameters"] or {}
        whole = isinstance(given, dict) and all(
            isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in given.values()
        )
        if not whole:
            raise ValidationError(_("Thresholds are names with whole numbers above zero."))
        return dict(given)


class RuleBookAdmin(ModelAdmin):
    list_per_page = 50
    show_full_result_count = False
    actions = None


@admin.register(RuleSetting)
class RuleSettingAdmin(RuleBookAdmin):
    form = RuleSettingForm
    list_display = ("code", "enabled", "severity", "version", "updated_at")
    list_filter = ("enabled", "severity")
    search_fields: ClassVar[tuple[str, ...]] = ("code",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: RuleSetting, form: Any, change: bool) -> None:
        saved = change_setting(
            code=obj.code,
            enabled=obj.enabled,
            severity=obj.severity,
            parameters=obj.parameters,
            at=timezone.now(),
        )
        obj.pk = saved.pk


@admin.register(Word)
class WordAdmin(RuleBookAdmin):
    list_display = ("text", "list")
    list_filter = ("list",)
    search_fields: ClassVar[tuple[str, ...]] = ("text",)

    def save_model(self, request: HttpRequest, obj: Word, form: Any, change: bool) -> None:
        save_word(word=obj, at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Word) -> None:
        remove_word(word=obj, at=timezone.now())


@admin.register(Article)
class ArticleAdmin(RuleBookAdmin):
    list_display = ("code", "law", "number", "inferred")
    list_filter = ("inferred",)
    search_fields: ClassVar[tuple[str, ...]] = ("code", "law", "number", "text")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Division)
class DivisionAdmin(RuleBookAdmin):
    """Loaded from the published lists; looked up, not edited."""

    list_display = ("code", "name", "level", "valid_to", "successor_code")
    list_filter = ("level",)
    search_fields: ClassVar[tuple[str, ...]] = ("=code", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
