"""The people who work at the demo insurer, and the core system's client."""

from __future__ import annotations

from datetime import date, datetime

from agents.choices import Post
from agents.models import Agency, Branch
from agents.operations.postings import post_staff
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.api_clients import create_api_client
from workplace.operations.staff import create_staff

# Login, name, role, post, branch number or agency number.
PEOPLE = (
    ("admin", "管理员 许", Role.ADMINISTRATOR, None, ""),
    ("clerk", "林小雨", Role.CLERK, Post.OPERATIONS, "0032"),
    ("clerk2", "宋佳音", Role.CLERK, Post.OPERATIONS, "0037"),
    ("clerk3", "何志远", Role.CLERK, Post.OPERATIONS, "0032"),
    ("clerk4", "唐婉清", Role.CLERK, Post.OPERATIONS, "0032"),
    ("clerk5", "罗成", Role.CLERK, Post.OPERATIONS, "0051"),
    ("manager", "周敏", Role.MANAGER, Post.MANAGEMENT, "0032"),
    ("manager2", "郑海峰", Role.MANAGER, Post.MANAGEMENT, "0037"),
    ("manager3", "蒋文静", Role.MANAGER, Post.MANAGEMENT, "0051"),
    ("compliance", "沈一鸣", Role.COMPLIANCE, Post.COMPLIANCE, "00"),
    ("compliance2", "程雅", Role.COMPLIANCE, Post.COMPLIANCE, "00"),
    ("auditor", "顾清源", Role.AUDITOR, Post.AUDIT, "00"),
    ("partner", "江海银行联络人 钱", Role.PARTNER, Post.LIAISON, "A001"),
)


def hire(*, password: str, token: str, today: date, at: datetime) -> dict[str, Staff]:
    """Everybody with the same password, posted since the start of last year; by login name."""
    staff: dict[str, Staff] = {}
    since = date(today.year - 1, 1, 1)
    for turn, (login, name, role, post, unit) in enumerate(PEOPLE, start=1):
        person, _ = create_staff(
            username=login, name=name, role=role, actor=None, at=at, staff_no=f"Z{turn:04d}",
            password=password,
        )  # fmt: skip
        staff[login] = person
        if post is None:
            continue
        branch = Branch.objects.filter(number=unit).first()
        agency = None if branch else Agency.objects.get(number=unit)
        post_staff(staff=person, post=post, valid_from=since, actor=None, at=at, branch=branch, agency=agency)
    create_api_client(name="core", staff=staff["compliance"], at=at, token=token)
    return staff
