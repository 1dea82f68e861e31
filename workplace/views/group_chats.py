"""Group chats that notices are pushed into; whoever looks after them never sees an address again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.models import PushTarget
from workplace.notice_forms import GroupChatForm
from workplace.operations.pushing import PushRefused, save_push_target, try_push_target

SEE = "workplace.view_pushtarget"
CHANGE = "workplace.change_pushtarget"


@requires(SEE)
@require_safe
def group_chats(request: HttpRequest) -> HttpResponse:
    context = {
        "targets": PushTarget.objects.defer("address").prefetch_related("staff").order_by("name"),
        "may_change": staff_of(request).has_perm(CHANGE),
    }
    return render(request, "workplace/group_chats.html", context)


@requires(CHANGE)
def group_chat_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@requires(CHANGE)
def group_chat(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(PushTarget, pk=pk))


def _edit(request: HttpRequest, target: PushTarget | None) -> HttpResponse:
    form = GroupChatForm(request.POST or None, target=target, initial=GroupChatForm.of(target))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            save_push_target(
                target=target,
                name=given["name"],
                address=given["address"].strip(),
                staff=given["people"],
                active=given["active"],
                actor=staff_of(request),
                at=timezone.now(),
            )
        except PushRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("group_chats")
    return render(request, "workplace/group_chat.html", {"form": form, "target": target})


@requires(CHANGE)
@require_POST
def group_chat_try(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PushTarget, pk=pk)
    if settings.DEMO:
        messages.info(request, _("This is a demo: nothing is sent out."))
    elif try_push_target(target=found, actor=staff_of(request), at=timezone.now()):
        messages.success(request, _("The chat has taken the trial message."))
    else:
        messages.error(request, _("The chat did not take the trial message; its answer stands beside it."))
    return redirect("group_chats")
