"""The columns of files of contact attempts: what did not arrive, and what did. Codes are permanent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_default_timezone, is_naive, make_aware
from django.utils.translation import gettext_lazy as _

from authenticity.hashing import stable_hash
from customers.choices import ContactChannel, ContactOutcome
from customers.models import ContactAttempt
from customers.operations.contact_attempts import write_attempts
from workplace.intake import shapes
from workplace.intake.columns import Column, Number, OneOf, Shape, Text, Words, kind_resource
from workplace.intake.kinds import Kind, Row, register_kind
from workplace.intake.shapes import Misshapen

CHANNELS: Words = {
    ContactChannel.SMS: ("短信",),
    ContactChannel.CALL: ("电话", "外呼"),
    ContactChannel.MAIL: ("电子邮件", "邮件"),
    ContactChannel.LETTER: ("信函", "挂号信"),
    ContactChannel.DEBIT: ("银行扣款", "扣款"),
}
OUTCOMES: Words = {
    ContactOutcome.DELIVERED: ("送达", "成功", "扣款成功"),
    ContactOutcome.FAILED: ("未送达", "失败", "退信", "扣款失败"),
}


class Moment(Shape):
    """A day with the time of day in Shanghai; a day alone is its first minute."""

    description = _("Date, with or without time of day, such as 2026-11-22 09:30")

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> datetime:
        text = value.strip().replace("/", "-")
        try:
            moment = parse_datetime(text) if ":" in text else None
        except ValueError as error:
            raise Misshapen("date_impossible", value=value) from error
        if moment is None:
            day = shapes.day(value)
            if day is None:
                raise Misshapen("date_format", value=value)
            moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - told in Shanghai below
        return make_aware(moment, get_default_timezone()) if is_naive(moment) else moment


DeliveryResource = kind_resource(
    "DeliveryResource",
    ContactAttempt,
    Column("customer", "客户号", Number(), key=True, example="C00000001"),
    Column("channel", "联系方式", OneOf(CHANNELS), key=True, example="sms 短信"),
    Column(
        "number",
        "号码或地址",
        Text(400, text_only=True),
        label=_("Number, address or account"),
        meaning=_("What was tried; empty for what the customer has now, never empty for a debit"),
        mask="mobile",
    ),
    Column("tried_at", "联系时间", Moment(), key=True, example="2026-11-20 10:30"),
    Column("outcome", "结果", OneOf(OUTCOMES), required=True, example="failed 未送达"),
    Column("reason", "原因", Text(100), example="空号"),
)


def key_of(row: Row) -> str:
    """Customer, way, time, and the hash of what was tried: no number stands in a list of rows."""
    customer, channel = row.values.get("customer", ""), row.values.get("channel", "")
    moment = row.values.get("tried_at")
    if not customer or not channel or not isinstance(moment, datetime):
        return ""
    written = str(row.values.get("number") or "")
    tried = f"{stable_hash(written):x}" if written else ""
    return f"{customer}/{channel}/{moment.isoformat()}/{tried}"


def register() -> None:
    register_kind(
        Kind(
            "deliveries",
            "联系记录",
            _("Contact attempts"),
            DeliveryResource,
            write_attempts,
            "contact_attempt",
            key_of=key_of,
        )
    )
