"""How a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import Role
from workplace.models import NoticePreference, PushTarget, Staff
from workplace.notices import choices


class PreferenceForm(forms.Form):
    mail = forms.BooleanField(label=_("Daily digest by e-mail"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the digest"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
    )
    push = forms.BooleanField(
        label=_("Push to my group chat"),
        required=False,
        help_text=_("Only what comes in outside the quiet hours; what comes during them follows afterwards."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell me about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = choices()  # type: ignore[attr-defined]  # a MultipleChoiceField

    @staticmethod
    def of(known: NoticePreference) -> dict[str, Any]:
        """What the form begins with."""
        names = ("mail", "digest_hour", "push", "quiet_from", "quiet_to")
        wanted = [name for name, _label in choices() if name not in known.muted]
        return {name: getattr(known, name) for name in names} | {"kinds": wanted}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_to") is None):
            self.add_error("quiet_to", _("Give both ends of the quiet hours, or neither."))
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """For `save_preference`."""
        given = dict(self.cleaned_data)
        chosen = set(given.pop("kinds"))
        return given | {"muted": [name for name, _label in choices() if name not in chosen]}


class GroupChatForm(forms.Form):
    """The address is asked for once and never shown again."""

    name = forms.CharField(label=pgettext_lazy("of a group chat", "Name"), max_length=60)
    address = forms.CharField(
        label=_("Address with its secret"),
        max_length=300,
        required=False,
        help_text=_("Of the robot, as DingTalk, WeCom or Feishu gives it."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    people = forms.CharField(
        label=_("For whom"),
        required=False,
        help_text=_("Login names, one a line. Each switches push on for themselves."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, *args: Any, target: PushTarget | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if target is not None:
            self.fields["address"].help_text = _("Leave it empty to keep the one that is there.")
        else:
            self.fields["address"].required = True

    @staticmethod
    def of(target: PushTarget | None) -> dict[str, Any]:
        if target is None:
            return {}
        names = target.staff.order_by("username").values_list("username", flat=True)
        return {"name": target.name, "active": target.active, "people": "\n".join(names)}

    def clean_people(self) -> list[Staff]:
        wanted = set(self.cleaned_data["people"].replace(",", " ").split())
        found = list(Staff.objects.filter(username__in=wanted, is_active=True))
        if unknown := sorted(wanted - {one.username for one in found}):
            raise forms.ValidationError(
                _("Nobody active has the login name %(name)s."), params={"name": unknown[0]}
            )
        return found


class AnnouncementForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    roles = forms.MultipleChoiceField(
        label=_("For which roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    needs_done = forms.BooleanField(label=_("Each says when it is done"), required=False)
    lines = forms.CharField(
        label=_("A list to work off"),
        required=False,
        help_text=_(
            "One line each; every one of them gets all. A login name and a tab before a line gives it to "
            "that person alone, as two columns copied from a spreadsheet do."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
