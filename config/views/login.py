"""In, out, the language, the own password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.access import staff_of
from workplace.operations.passwords import change_own_password


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy(
            "Login name and password do not belong together. Check both, capital letters too."
        ),
        "inactive": gettext_lazy("This login has ended. Ask your administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["username"].label = _("Login name")
        self.fields["password"].label = _("Password")


class Login(LoginView):
    template_name = "zhenxin/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """A person who never chose a language on this machine gets the one of the account."""
        response = super().form_valid(form)
        language = getattr(self.request.user, "language", "")
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES and language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(logged_out="left" in self.request.GET, **kwargs)


class Logout(LogoutView):
    """By POST only; the login page then forgets what was kept of half-typed forms."""

    http_method_names = ["post", "options"]

    def get_success_url(self) -> str:
        return f"{reverse('login')}?left=1"


class PasswordChange(PasswordChangeView):
    template_name = "zhenxin/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Form) -> HttpResponse:
        staff = change_own_password(
            actor=staff_of(self.request), password=form.cleaned_data["new_password1"], at=timezone.now()
        )
        update_session_auth_hash(self.request, staff)
        messages.success(self.request, _("Your new password is in force."))
        return redirect(self.success_url)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this login name from this address."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "zhenxin/locked_out.html", {"minutes": minutes}, status=429)
