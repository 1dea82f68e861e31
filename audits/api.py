"""The gates for the core system: may this application, this service, this commission go on?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.params.functions import Header
from pydantic import StringConstraints

from audits.application import Application, ApplicationMisshapen
from audits.choices import Gate, ServicingItem
from audits.gates import Asked
from audits.models import GateAnswer
from audits.operations.gates import KeyReused, answered_before, ask_about_policy, ask_underwriting
from policies.models import Policy
from workplace.api_auth import ClientThrottle, TokenAuth, client_of

router = Router(tags=["gates"], auth=TokenAuth("audits.ask_gate"), throttle=[ClientThrottle()])
STORABLE = r"^[^\x00]*$"
Number = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=STORABLE)]
Values = dict[Number, Annotated[str, StringConstraints(max_length=400, pattern=STORABLE)]]
Key = Header("", alias="Idempotency-Key", max_length=80, pattern=STORABLE)


class Party(Schema):
    """`values` maps column codes of the files of customers and parties to texts."""

    role: Literal["holder", "insured", "beneficiary"]
    customer: str = Field(
        "", max_length=40, pattern=STORABLE, description="Customer number, where the book knows the person"
    )
    values: Values = Field(max_length=60)


class Underwriting(Schema):
    number: Number
    policy: Values = Field(max_length=60, description="Column codes of the files of policies")
    parties: list[Party] = Field(min_length=1, max_length=40)


class Servicing(Schema):
    policy: Number
    item: ServicingItem


class Commission(Schema):
    policy: Number


class Both(Schema):
    zh: str
    en: str


class GapOut(Schema):
    code: str
    severity: str
    stops: bool
    kind: str
    of: str
    field: str
    label: Both
    text: Both
    remedy: Both
    articles: list[dict[str, str]]


class Answer(Schema):
    id: int
    gate: str
    reference: str
    item: str
    passed: bool
    asked_at: datetime
    gaps: list[GapOut]
    override: dict[str, str] | None
    repeated: bool


class Problem(Schema):
    code: str
    text: Both
    problems: list[dict[str, Any]] = Field(default_factory=list)


UNKNOWN = {
    "code": "unknown_policy",
    "text": {"zh": "没有这张保单,或不在本接口的数据范围内。", "en": "No such policy within your scope."},
}
REUSED = {
    "code": "key_reused",
    "text": {
        "zh": "这个幂等键已用于另一个请求,请换一个。",
        "en": "This idempotency key has stood for another request; use a new one.",
    },
}
MISSHAPEN = {
    "zh": "有的值写法不对,请按所列字段修改后再问。",
    "en": "Some values have no valid shape; mend the fields named and ask again.",
}
ANSWERS: dict[int, Any] = {200: Answer, 404: Problem, 409: Problem, 422: Problem}
Told = Status[Any]


@router.post("/gates/underwriting", response=ANSWERS)
def underwriting(request: HttpRequest, body: Underwriting, key: str = Key) -> Told:
    """Judges an application as sent; nothing of it stays. BLOCK gaps refuse (82号 art. 6(3))."""
    application = Application(
        number=body.number,
        policy=body.policy,
        parties=[{**party.values, "role": party.role, "customer": party.customer} for party in body.parties],
    )
    asked = _asked(request, key, body)

    def answer() -> GateAnswer:
        return ask_underwriting(application=application, asked=asked)

    return _told(Gate.UNDERWRITING, asked, answer)


@router.post("/gates/servicing", response=ANSWERS)
def servicing(request: HttpRequest, body: Servicing, key: str = Key) -> Told:
    """Reads the open findings of a policy and its people; a change of personal data always passes."""
    asked = _asked(request, key, body)

    def answer() -> GateAnswer:
        policy = _seen(asked, body.policy)
        return ask_about_policy(gate=Gate.SERVICING, policy=policy, asked=asked, item=body.item)

    return _told(Gate.SERVICING, asked, answer)


@router.post("/gates/commission", response=ANSWERS)
def commission(request: HttpRequest, body: Commission, key: str = Key) -> Told:
    """Refuses while this agency's business with this holder has open findings (82号 art. 11)."""
    asked = _asked(request, key, body)

    def answer() -> GateAnswer:
        return ask_about_policy(gate=Gate.COMMISSION, policy=_seen(asked, body.policy), asked=asked)

    return _told(Gate.COMMISSION, asked, answer)


def _asked(request: HttpRequest, key: str, body: Schema) -> Asked:
    client = client_of(request)
    given = body.dict() if key else None
    return Asked(actor=client.staff, at=timezone.now(), client=client, key=key.strip(), body=given)


def _seen(asked: Asked, number: str) -> Policy:
    """Raises Policy.DoesNotExist for what is not there or not within the client's scope."""
    return Policy.objects.visible_to(asked.actor).get(number=number)


def _told(gate: str, asked: Asked, answer: Callable[[], GateAnswer]) -> Told:
    """The answer given before under this key, else the one that is made now."""
    try:
        known = answered_before(gate=gate, asked=asked)
        found = known or answer()
    except KeyReused:
        return Status(409, REUSED)
    except Policy.DoesNotExist:
        return Status(404, UNKNOWN)
    except ApplicationMisshapen as error:
        return Status(422, {"code": "misshapen", "text": MISSHAPEN, "problems": error.problems})
    return Status(200, {"id": found.pk, **found.answer, "repeated": known is not None})
