"""What the demo's people have been told: most of it read already, one announcement, one list to work off."""

from __future__ import annotations

from datetime import datetime, timedelta

from agents.models import SalesAgent
from workplace.choices import Role
from workplace.models import Notice, PushedLine, Staff
from workplace.operations.announcements import publish_announcement, read_announcement, tick_line
from workplace.operations.notices import read_notices

UNREAD = 6
LISTED = 5


def tell(*, staff: dict[str, Staff], at: datetime) -> None:
    for person in staff.values():
        newest = Notice.objects.visible_to(person).filter(read_at__isnull=True).order_by("-made_at", "-pk")
        read_notices(ids=list(newest.values_list("pk", flat=True)[UNREAD:]), actor=person, at=at)
    _announce(staff, at)
    _push_list(staff, at)


def _announce(staff: dict[str, Staff], at: datetime) -> None:
    made = publish_announcement(
        title="客户信息真实性管理办法今日起执行",
        body="保监发〔2013〕82号今日起在本公司执行。\n\n新单和保全受理前核对客户姓名、证件、电话和地址；"
        "不真实、不完整的，先整改再受理。有疑问请找合规部。",
        roles=[Role.CLERK, Role.MANAGER, Role.PARTNER],
        actor=staff["compliance"],
        at=at - timedelta(days=1),
    )
    for login in ("clerk3", "clerk4", "manager", "partner"):
        read_announcement(announcement=made, actor=staff[login], at=at - timedelta(hours=20))


def _push_list(staff: dict[str, Staff], at: datetime) -> None:
    """Sellers whose registration somebody is to look up (requirement 107)."""
    manager = staff["manager"]
    sellers = SalesAgent.objects.visible_to(manager).order_by("staff_no").values_list("staff_no", flat=True)
    made = publish_announcement(
        title="待核对执业登记的销售人员名单",
        body="请逐人核对执业登记是否有效，核对后打勾；无效的停止其出单权限。",
        roles=[Role.CLERK],
        lines=[f"工号{number}：核对执业登记" for number in sellers[:LISTED]],
        actor=manager,
        at=at - timedelta(hours=6),
    )
    first = PushedLine.objects.filter(receipt__announcement=made, receipt__staff=staff["clerk3"]).first()
    if first is not None:
        read_announcement(announcement=made, actor=staff["clerk3"], at=at - timedelta(hours=4))
        tick_line(line=first, done=True, actor=staff["clerk3"], at=at - timedelta(hours=3))
