from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from workplace.views.absences import absence_back, absence_substitute, absences
from workplace.views.access_log import access_log
from workplace.views.announcements import (
    announcement,
    announcement_add,
    announcement_done,
    announcement_read,
    announcement_tick,
    announcement_withdraw,
    announcements,
    announcements_unread,
)
from workplace.views.conflicts import conflict_decide, conflicts
from workplace.views.exported_lists import exported_list_destroyed, exported_lists
from workplace.views.group_chats import group_chat, group_chat_add, group_chat_try, group_chats
from workplace.views.imports import (
    import_batch,
    import_confirm,
    import_discard,
    import_errors,
    import_progress,
    import_template,
    imports,
)
from workplace.views.jobs import job, job_cancel, job_progress, jobs
from workplace.views.notices import (
    notice_open,
    notice_settings,
    notices,
    notices_mark,
    notices_read_all,
)
from workplace.views.outbox import outbox, outbox_acknowledge, outbox_acknowledge_file, outbox_download
from workplace.views.record_history import record_history
from workplace.views.saved_views import (
    change_view,
    change_view_columns,
    change_view_filters,
    copy_view,
    delete_view,
    pin_view,
    save_view,
    saved_view,
    saved_views,
    unpin_view,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("absences/", absences, name="absences"),
    path("absences/<int:pk>/back/", absence_back, name="absence_back"),
    path("absences/<int:pk>/substitute/", absence_substitute, name="absence_substitute"),
    path("access-log/", access_log, name="access_log"),
    path("history/<slug:kind>/<int:pk>/", record_history, name="record_history"),
    path("imports/", imports, name="imports"),
    path("imports/template/<slug:kind>.xlsx", import_template, {"form": "xlsx"}, name="import_template_xlsx"),
    path("imports/template/<slug:kind>.csv", import_template, {"form": "csv"}, name="import_template_csv"),
    path("imports/<int:pk>/", import_batch, name="import_batch"),
    path("imports/<int:pk>/progress/", import_progress, name="import_progress"),
    path("imports/<int:pk>/confirm/", import_confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", import_discard, name="import_discard"),
    path("imports/<int:pk>/errors/", import_errors, name="import_errors"),
    path("views/", saved_views, name="saved_views"),
    path("views/save/", save_view, name="save_view"),
    path("views/<int:pk>/", saved_view, name="saved_view"),
    path("views/<int:pk>/change/", change_view, name="change_view"),
    path("views/<int:pk>/filters/", change_view_filters, name="change_view_filters"),
    path("views/<int:pk>/columns/", change_view_columns, name="change_view_columns"),
    path("views/<int:pk>/copy/", copy_view, name="copy_view"),
    path("views/<int:pk>/delete/", delete_view, name="delete_view"),
    path("views/<int:pk>/pin/", pin_view, name="pin_view"),
    path("views/<int:pk>/unpin/", unpin_view, name="unpin_view"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<int:pk>/", job, name="job"),
    path("jobs/<int:pk>/progress/", job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", job_cancel, name="job_cancel"),
    path("conflicts/", conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", conflict_decide, name="conflict_decide"),
    path("announcements/", announcements, name="announcements"),
    path("announcements/unread/", announcements_unread, name="announcements_unread"),
    path("announcements/add/", announcement_add, name="announcement_add"),
    path("announcements/<int:pk>/", announcement, name="announcement"),
    path("announcements/<int:pk>/read/", announcement_read, name="announcement_read"),
    path("announcements/<int:pk>/done/", announcement_done, name="announcement_done"),
    path("announcements/<int:pk>/withdraw/", announcement_withdraw, name="announcement_withdraw"),
    path("announcements/<int:pk>/lines/<int:line_pk>/", announcement_tick, name="announcement_tick"),
    path("exported-lists/", exported_lists, name="exported_lists"),
    path("exported-lists/<int:pk>/destroyed/", exported_list_destroyed, name="exported_list_destroyed"),
    path("group-chats/", group_chats, name="group_chats"),
    path("group-chats/add/", group_chat_add, name="group_chat_add"),
    path("group-chats/<int:pk>/", group_chat, name="group_chat"),
    path("group-chats/<int:pk>/try/", group_chat_try, name="group_chat_try"),
    path("notices/", notices, name="notices"),
    path("notices/mark/", notices_mark, name="notices_mark"),
    path("notices/read-all/", notices_read_all, name="notices_read_all"),
    path("notices/settings/", notice_settings, name="notice_settings"),
    path("notices/<int:pk>/open/", notice_open, name="notice_open"),
    path("outbox/", outbox, name="outbox"),
    path("outbox/download/", outbox_download, name="outbox_download"),
    path("outbox/acknowledge/", outbox_acknowledge, name="outbox_acknowledge"),
    path("outbox/acknowledge/file/", outbox_acknowledge_file, name="outbox_acknowledge_file"),
]
