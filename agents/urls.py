from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from agents.views import staff, staff_import, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("branches/", units.branches, name="branches"),
    path("agencies/", units.agencies, name="agencies"),
    path("agencies/<int:pk>/", units.agency, name="agency"),
    path("sellers/", units.sellers, name="sellers"),
    path("sellers/<int:pk>/", units.seller, name="seller"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/add/", staff.staff_add, name="staff_add"),
    path("staff/import/", staff_import.staff_import, name="staff_import"),
    path("staff/import/confirm/", staff_import.staff_import_confirm, name="staff_import_confirm"),
    path("staff/import/template/", staff_import.staff_template, name="staff_template"),
    path("staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("staff/<int:pk>/change/", staff.staff_change, name="staff_change"),
    path("staff/<int:pk>/password/", staff.staff_password, name="staff_password"),
    path("staff/<int:pk>/leave/", staff.staff_leave, name="staff_leave"),
    path("staff/<int:pk>/post/", staff.staff_post, name="staff_post"),
    path("staff/postings/<int:pk>/end/", staff.posting_end, name="posting_end"),
]
