"""Many people at once from a file: every row is checked before anybody is made, then all are made or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agents.choices import Post
from agents.models import Agency, Branch
from agents.operations.postings import post_staff
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.staff import USERNAME, StaffRefused, create_staff

# Code, Chinese name, required.
COLUMNS = (
    ("username", "用户名", True),
    ("name", "姓名", True),
    ("staff_no", "工号", False),
    ("email", "电子邮箱", False),
    ("role", "角色", True),
    ("branch", "机构号", False),
    ("agency", "中介机构号", False),
    ("post", "岗位", False),
)
ROLES = {
    "作业岗": Role.CLERK,
    "主管": Role.MANAGER,
    "合规岗": Role.COMPLIANCE,
    "审计员": Role.AUDITOR,
    "合作方联络人": Role.PARTNER,
    "管理员": Role.ADMINISTRATOR,
}
POSTS = {
    "作业": Post.OPERATIONS,
    "管理": Post.MANAGEMENT,
    "合规": Post.COMPLIANCE,
    "联络": Post.LIAISON,
    "审计": Post.AUDIT,
}
POST_OF_ROLE = {
    Role.CLERK: Post.OPERATIONS,
    Role.MANAGER: Post.MANAGEMENT,
    Role.COMPLIANCE: Post.COMPLIANCE,
    Role.AUDITOR: Post.AUDIT,
    Role.PARTNER: Post.LIAISON,
    Role.ADMINISTRATOR: Post.OPERATIONS,
}


@dataclass
class CheckedRow:
    """`values` are cleaned; `errors` name what is wrong, all of it."""

    line: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Newcomer:
    """The password is known only here and now."""

    staff: Staff
    password: str


def codes_of_header(cells: Sequence[str]) -> list[str | None]:
    """Codes by place; a header cell is the code, the Chinese name, or both. Raises StaffRefused."""
    known = {
        name: code for code, chinese, _required in COLUMNS for name in (code, chinese, f"{code} {chinese}")
    }
    codes = [known.get(" ".join(cell.split())) for cell in cells]
    missing = [chinese for code, chinese, required in COLUMNS if required and code not in codes]
    if missing:
        raise StaffRefused(_("The file lacks the column %(names)s.") % {"names": "、".join(missing)})
    return codes


def check_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> list[CheckedRow]:
    checked = [CheckedRow(line, _cleaned(values)) for line, values in rows]
    for row in checked:
        _check_alone(row)
    _check_together(checked)
    _check_against_book(checked)
    return checked


def import_staff(*, rows: Sequence[CheckedRow], actor: Staff, at: datetime) -> list[Newcomer]:
    """Checks again, makes all with a password each to be handed over, and posts them from today."""
    again = check_rows([(row.line, row.values) for row in rows])
    if not again or any(row.errors for row in again):
        raise StaffRefused(_("The file no longer fits; upload it again."))
    with transaction.atomic():
        return [_made(row.values, actor, at) for row in again]


def _made(values: Mapping[str, str], actor: Staff, at: datetime) -> Newcomer:
    staff, password = create_staff(
        username=values["username"],
        name=values["name"],
        staff_no=values["staff_no"],
        email=values["email"],
        role=values["role"],
        actor=actor,
        at=at,
    )
    branch = Branch.objects.get(number=values["branch"]) if values["branch"] else None
    agency = Agency.objects.get(number=values["agency"]) if values["agency"] else None
    if branch or agency:
        post_staff(
            staff=staff,
            branch=branch,
            agency=agency,
            post=values["post"] or POST_OF_ROLE[Role(values["role"])],
            valid_from=localdate(at),
            actor=actor,
            at=at,
        )
    return Newcomer(staff, password)


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    cleaned = {code: " ".join(str(values.get(code, "")).split()) for code, _chinese, _required in COLUMNS}
    cleaned["role"] = ROLES.get(cleaned["role"], cleaned["role"])
    cleaned["post"] = POSTS.get(cleaned["post"], cleaned["post"])
    return cleaned


def _check_alone(row: CheckedRow) -> None:
    values = row.values
    for code, chinese, required in COLUMNS:
        if required and not values[code]:
            row.errors.append(_("%(column)s is empty.") % {"column": chinese})
    if values["username"] and not USERNAME.fullmatch(values["username"]):
        text = _("The login name must be 2 to 60 letters, digits, dots or dashes and begin with a letter.")
        row.errors.append(text)
    if values["role"] and values["role"] not in Role.values:
        row.errors.append(_("There is no role “%(role)s”.") % {"role": values["role"]})
    if values["post"] and values["post"] not in Post.values:
        row.errors.append(_("There is no post “%(post)s”.") % {"post": values["post"]})
    if values["branch"] and values["agency"]:
        row.errors.append(_("A posting is to one branch or to one agency."))
    if len(values["name"]) > 60 or len(values["staff_no"]) > 30:
        row.errors.append(_("Name or staff number is too long."))
    try:
        if values["email"]:
            validate_email(values["email"])
    except ValidationError:
        row.errors.append(_("The e-mail address is malformed."))


def _check_together(rows: Sequence[CheckedRow]) -> None:
    for code, text in (
        ("username", _("Line %(line)s has the same login name.")),
        ("staff_no", _("Line %(line)s has the same staff number.")),
    ):
        first: dict[str, int] = {}
        for row in rows:
            value = row.values[code].lower()
            if value and value in first:
                row.errors.append(text % {"line": first[value]})
            first.setdefault(value, row.line)


def _check_against_book(rows: Sequence[CheckedRow]) -> None:
    taken = {name.lower() for name in Staff.objects.values_list("username", flat=True)}
    numbers = set(Staff.objects.exclude(staff_no="").values_list("staff_no", flat=True))
    branches = _known(Branch, rows, "branch")
    agencies = _known(Agency, rows, "agency")
    for row in rows:
        values = row.values
        if values["username"].lower() in taken:
            row.errors.append(_("This login name is taken."))
        if values["staff_no"] in numbers:
            row.errors.append(_("Another person has this staff number."))
        if values["branch"] and values["branch"] not in branches:
            row.errors.append(_("There is no branch %(number)s.") % {"number": values["branch"]})
        if values["agency"] and values["agency"] not in agencies:
            row.errors.append(_("There is no agency %(number)s.") % {"number": values["agency"]})


def _known(model: type[Branch] | type[Agency], rows: Sequence[CheckedRow], code: str) -> set[str]:
    asked = {row.values[code] for row in rows}
    return set(model._default_manager.filter(number__in=asked).values_list("number", flat=True))
