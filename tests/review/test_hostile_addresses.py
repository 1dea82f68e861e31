"""Whatever stands in an address or a form, the answer is a page or a refusal, never a broken page."""

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.rectification.scenes import given

NUL, HUGE, DIGITS = "a\x00b", "9" * 30, "9" * 5000
NAMES = (
    "q", "search", "after", "before", "from", "page", "tab", "state", "status", "owner", "branch", "agency",
    "severity", "group", "kind", "rule", "show", "verdict", "as_of", "unit", "by", "measure", "sort", "role",
    "to", "id", "whose", "access", "purpose", "p", "o", "e",
)  # fmt: skip

pytestmark = pytest.mark.slow


def pages() -> list[str]:
    """Every address of ours that needs no key."""
    found = []
    for name in get_resolver().reverse_dict:
        if isinstance(name, str):
            try:
                found.append(reverse(name))
            except NoReverseMatch:
                continue
    admin = ["customers_customer", "policies_policy", "policies_policyparty", "policies_applicationform"]
    admin += [
        "agents_salesagent",
        "agents_agency",
        "agents_branch",
        "audits_rectification",
        "workplace_staff",
    ]
    return sorted({*found, *(reverse(f"admin:{name}_changelist") for name in admin)})


@pytest.mark.parametrize(
    "value, names",
    [(NUL, NAMES[:1]), (NUL, NAMES), (HUGE, NAMES), (DIGITS, NAMES), ("²", NAMES)],
    ids=lambda v: repr(v[:12]) if isinstance(v, str) else str(len(v)),
)
def test_no_list_breaks(value, names, manager, clerk, here):
    manager.client.raise_request_exception = False
    given(here, clerk, manager)
    given_so = dict.fromkeys(names, value)
    broken = [page for page in pages() if manager.client.get(page, given_so).status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("value", [NUL, DIGITS], ids=lambda v: repr(v[:12]))
def test_no_form_of_the_workbench_breaks(value, clerk, manager, here):
    row = given(here, clerk, manager)
    clerk.client.raise_request_exception = manager.client.raise_request_exception = False
    own = f"customer:{row.customer_id}:mobile"
    posts = {
        "rectification_draft": {f"v:{own}": value, "note": value},
        "rectification_check": {f"v:{own}": value, "place": own},
        "rectification_contact": {"way": "phone", "text": value},
        "rectification": {f"v:{own}": value, "note": value, f"c:{own}": value},
    }
    broken = []
    for name, posted in posts.items():
        status = clerk.client.post(reverse(name, args=[row.pk]), posted).status_code
        if status >= 500:
            broken.append(name)
    huge = {f"v:customer:{DIGITS}:mobile": "1", "place": f"customer:{DIGITS}:mobile"}
    asked = [
        (clerk, reverse("rectification_draft", args=[row.pk]), huge),
        (clerk, reverse("rectification_check", args=[row.pk]), huge),
        (manager, reverse("assign_rectifications"), {"id": value}),
        (manager, reverse("take_back_rectifications"), {"id": value}),
        (manager, reverse("review_accept_many"), {"id": value}),
    ]
    broken += [page for who, page, posted in asked if who.client.post(page, posted).status_code >= 500]
    assert broken == []
