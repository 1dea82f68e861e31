from workplace.admin.calendar_day import CalendarDayAdmin
from workplace.admin.scoped import ScopedAdmin

__all__ = ["CalendarDayAdmin", "ScopedAdmin"]
