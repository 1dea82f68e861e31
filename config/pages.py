"""The pages that belong to the whole house: login, home, language, figures for machines."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from config.views.home import badges, home
from config.views.login import Login, Logout, PasswordChange
from config.views.metrics import metrics
from config.views.search import search_everything
from workplace.access import requires

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("login/", Login.as_view(), name="login"),
    path("logout/", Logout.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("password/", requires()(PasswordChange.as_view()), name="password_change"),
    path("badges/", badges, name="badges"),
    path("search/", search_everything, name="search"),
    path("metrics", metrics, name="metrics"),
]
