from workplace.models.absence import Absence
from workplace.models.access_log import AccessLog
from workplace.models.api_client import ApiClient
from workplace.models.bulk_load import BulkLoad, BulkRow
from workplace.models.calendar_day import CalendarDay
from workplace.models.correction import Conflict, Correction, Hold, OutboxEntry
from workplace.models.exported_list import ExportedList
from workplace.models.import_batch import ImportBatch, ImportRow
from workplace.models.job import Job
from workplace.models.ledger import LedgerEntry
from workplace.models.notice import (
    Announcement,
    AnnouncementReceipt,
    Notice,
    NoticePreference,
    PushedLine,
    PushTarget,
)
from workplace.models.record import Record
from workplace.models.saved_view import PinnedView, SavedView
from workplace.models.staff import Staff
from workplace.models.uploaded_file import UploadedFile

__all__ = [
    "Absence",
    "AccessLog",
    "Announcement",
    "AnnouncementReceipt",
    "ApiClient",
    "BulkLoad",
    "BulkRow",
    "CalendarDay",
    "Conflict",
    "Correction",
    "ExportedList",
    "Hold",
    "ImportBatch",
    "ImportRow",
    "Job",
    "LedgerEntry",
    "Notice",
    "NoticePreference",
    "OutboxEntry",
    "PinnedView",
    "PushTarget",
    "PushedLine",
    "Record",
    "SavedView",
    "Staff",
    "UploadedFile",
]
