from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from policies.views.policy import form_page, policies, policy, reveal_party

urlpatterns: list[URLPattern | URLResolver] = [
    path("policies/", policies, name="policies"),
    path("policies/<int:pk>/", policy, name="policy"),
    path("policies/parties/<int:pk>/reveal/<slug:field>/", reveal_party, name="reveal_party"),
    path("policies/forms/<int:pk>/pages/<int:page>/", form_page, name="form_page"),
]
