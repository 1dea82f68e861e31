"""Every view names its permission; what names none does not pass the house tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from workplace.models import Staff

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_of(request: HttpRequest) -> Staff:
    """The logged-in person; raises PermissionDenied for anybody else."""
    if not isinstance(request.user, Staff) or not request.user.is_active:
        raise PermissionDenied
    return request.user


def requires(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Login plus any one of the named permissions; `requires()` is for every person who works here."""

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            staff = staff_of(request)
            if permissions and not any(staff.has_perm(name) for name in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.zhenxin_permission = " | ".join(permissions) or "login"  # type: ignore[attr-defined]  # read by the house tests
        return cast("View[P]", guarded)

    return decorate
