"""A file writes what differs and nothing else; an older one undoes nothing."""

from datetime import timedelta

from agents.models import Branch, OutletName, SalesAgent, SellerStanding
from customers.models import Customer
from policies.models import ApplicationForm, Policy, PolicyParty, PolicyState
from tests.factories import AT, make_agency, make_customer, make_policy, make_product, make_seller
from tests.intake.files import confirmed, customer_row, table, uploaded, written, xlsx
from tests.personas import Persona
from workplace.intake.shapes import NumberText


def history(model: type) -> int:
    return int(model.pgh_event_model.objects.count())


def state_of(model: type) -> list[dict]:
    return list(model.objects.order_by("pk").values())


def test_the_same_file_twice_leaves_rows_and_histories_unchanged(clerk: Persona, here: Branch):
    content = xlsx(table([customer_row(here) for _ in range(5)]))
    confirmed(uploaded(content, actor=clerk.staff))
    before, past = state_of(Customer), history(Customer)
    assert len(before) == 5

    second = confirmed(uploaded(content, actor=clerk.staff))

    assert (second.new, second.changed, second.unchanged, second.rejected) == (0, 0, 5, 0)
    assert state_of(Customer) == before
    assert history(Customer) == past


def test_nothing_is_written_until_confirmed(clerk: Persona, here: Branch):
    rows = [customer_row(here) for _ in range(5)]
    rows[2]["birth_date"] = "1985-02-30"

    batch = uploaded(xlsx(table(rows)), actor=clerk.staff)

    assert not Customer.objects.exists()
    assert (batch.state, batch.new, batch.rejected) == ("preview", 4, 1)
    assert batch.preview_rows.get(verdict="rejected").errors == [
        {"column": "birth_date", "code": "date_impossible", "params": {"value": "1985-02-30"}}
    ]
    page = clerk.client.get(f"/imports/{batch.pk}/").content.decode()
    assert "E4" in page


def test_only_the_changed_row_gets_a_version_and_a_history_row(here: Branch):
    one, two = customer_row(here), customer_row(here)
    written(one, two)

    result = written({**one, "mobile": "13666180293"}, two, extracted_at=AT + timedelta(minutes=1))

    assert (result.new, result.changed, result.unchanged) == (0, 1, 1)
    assert result.rows[0].changes == ["mobile"]
    versions = dict(Customer.objects.values_list("number", "version"))
    assert versions == {one["number"]: 2, two["number"]: 1}
    old = Customer.pgh_event_model.objects.get()
    assert (old.number, old.mobile) == (one["number"], "13920461857")


def test_an_older_file_does_not_overwrite_newer_values(here: Branch):
    row = customer_row(here)
    written(row, extracted_at=AT)

    result = written({**row, "mobile": "13666180293"}, extracted_at=AT - timedelta(days=1))

    assert result.rows[0].verdict == "unchanged"
    assert [note["code"] for note in result.rows[0].notes] == ["older"]
    assert Customer.objects.get().mobile == "13920461857"


def test_a_value_confirmed_by_a_newer_file_stays_against_one_from_between(clerk: Persona, here: Branch):
    row = customer_row(here)
    for days in (-3, -1):
        confirmed(uploaded(xlsx(table([row])), actor=clerk.staff, extracted_at=AT + timedelta(days=days)))

    between = xlsx(table([{**row, "mobile": "13666180293"}]))
    batch = confirmed(uploaded(between, actor=clerk.staff, extracted_at=AT - timedelta(days=2)))

    assert (batch.changed, batch.unchanged) == (0, 1)
    assert Customer.objects.get().mobile == "13920461857"


def test_long_term_comes_in_every_spelling_and_is_printed_back(here: Branch):
    from customers.facts import written_of

    rows = [customer_row(here, id_valid_to=text) for text in ("9999/99/99", "长期", "9999-12-31", "99991231")]
    written(*rows)

    found = Customer.objects.all()
    assert {(c.id_valid_to, c.id_long_term, written_of(c, "id_valid_to")) for c in found} == {
        (None, True, "9999/99/99")
    }


def test_all_errors_of_a_row_are_told_at_once(here: Branch):
    row = customer_row(here, birth_date="1985-02-30", sex="x", id_no=NumberText("3.1e17"))

    result = written({**row, "home_branch": "nowhere"})

    found = {(error["column"], error["code"]) for error in result.rejected[0].errors}
    assert found == {
        ("birth_date", "date_impossible"),
        ("sex", "not_allowed"),
        ("id_no", "number_cell"),
        ("home_branch", "unknown_reference"),
    }


def test_a_key_that_comes_twice_is_written_once_and_named_once(here: Branch):
    row = customer_row(here)

    result = written(row, {**row, "name": "另一人"})

    assert result.new == 1
    assert result.rejected[0].errors == [{"column": "", "code": "double_key", "params": {"line": 2}}]
    assert Customer.objects.get().name == "段思远"


def test_branches_of_one_file_may_stand_in_any_order(db: None):
    rows = (
        {"number": "1101", "name": "市", "level": "city", "parent": "11"},
        {"number": "11", "name": "省", "level": "省级分公司", "parent": "00"},
        {"number": "00", "name": "总公司", "level": "head", "parent": ""},
    )

    result = written(*rows, kind="branches")

    assert (result.new, result.rejected) == (3, [])
    assert Branch.objects.get(number="1101").parent.parent.number == "00"


def test_a_circle_of_branches_is_refused(db: None):
    rows = (
        {"number": "1", "name": "一", "level": "city", "parent": "2"},
        {"number": "2", "name": "二", "level": "city", "parent": "1"},
    )

    result = written(*rows, kind="branches")

    assert [row.errors[0]["code"] for row in result.rejected] == ["circle", "circle"]


def test_a_new_name_ends_the_former_one_where_it_begins(here: Branch):
    agency = make_agency(branch=here)
    row = {"number": "O1", "name": "旧名", "level": "outlet", "agency": agency.number, "branch": here.number}
    written({**row, "name_from": "2020-01-01"}, kind="outlets")

    written(
        {**row, "name": "新名", "name_from": "2026-03-01"},
        kind="outlets",
        extracted_at=AT + timedelta(days=1),
    )

    found = OutletName.objects.order_by("valid_from").values_list("name", "valid_from", "valid_to")
    assert [(name, str(start), str(end)) for name, start, end in found] == [
        ("旧名", "2020-01-01", "2026-03-01"),
        ("新名", "2026-03-01", "None"),
    ]


def test_a_seller_who_leaves_keeps_the_former_standing_with_its_days(here: Branch):
    row = {"number": "S1", "name": "李销售", "branch": here.number, "standing": "在职"}
    written({**row, "standing_from": "2020-01-01"}, kind="agents")

    written({**row, "standing": "离职", "standing_from": "2026-06-30"}, kind="agents")

    assert SalesAgent.objects.get().standing == "left"
    found = SellerStanding.objects.order_by("valid_from").values_list("standing", "valid_to")
    assert [(standing, str(end)) for standing, end in found] == [("active", "2026-06-30"), ("left", "None")]


def test_a_policy_is_matched_to_its_seller_and_keeps_its_states(here: Branch):
    seller, product = make_seller(branch=here, agency=make_agency(branch=here)), make_product()
    row = {
        "number": "P1",
        "product": product.code,
        "channel": "银保",
        "branch": here.number,
        "status": "有效",
        "seller_no": seller.staff_no,
        "seller_name": seller.name,
    }
    written(row, kind="policies")
    policy = Policy.objects.get()
    assert (policy.seller, policy.agency, policy.in_scope) == (seller, seller.agency, True)

    written({**row, "status": "退保"}, kind="policies", at=AT + timedelta(days=2))

    states = PolicyState.objects.order_by("recorded_from").values_list("status", "recorded_to")
    assert list(states) == [("in_force", AT + timedelta(days=2)), ("surrendered", None)]


def test_a_holder_needs_an_existing_customer_and_a_beneficiary_does_not(here: Branch):
    policy, customer = make_policy(branch=here, holder=None), make_customer(home_branch=here)
    base = {"policy": policy.number, "name": "段思远"}

    result = written(
        {**base, "role": "投保人", "customer": customer.number},
        {**base, "role": "insured", "customer": "unknown"},
        {**base, "role": "insured", "position": "2", "customer": ""},
        {**base, "role": "受益人", "benefit": "身故", "relation": "配偶", "share": "100", "order": "1"},
        kind="parties",
    )

    assert [row.errors[0]["code"] for row in result.rejected] == [
        "unknown_or_out_of_reach",
        "customer_needed",
    ]
    assert set(PolicyParty.objects.values_list("role", "customer")) == {
        ("holder", customer.pk),
        ("beneficiary", None),
    }
    assert list(customer.serving_units.values_list("branch", flat=True)) == [here.pk]


def test_a_form_keeps_what_it_says_even_when_it_has_no_shape(here: Branch):
    policy = make_policy(branch=here)
    written(
        {
            "number": "F1",
            "channel": "bank",
            "policy": policy.number,
            "holder_mobile": "139-2046-1857",
            "holder_birth_date": "1985年2月30日",
        },
        kind="applications",
    )

    form = ApplicationForm.objects.get()
    assert form.says == {"holder.mobile": "139-2046-1857", "holder.birth_date": "1985年2月30日"}
    assert form.says_normal == {"holder.mobile": "13920461857", "holder.birth_date": "1985年2月30日"}
