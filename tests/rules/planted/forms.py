"""The signed form against the system (policies/rules/forms.py)."""

from __future__ import annotations

from tests.factories import make_form
from tests.rules.book import Book, rewrite
from tests.rules.planting import Act, plant


def form_says(**said: str) -> Act:
    """`holder_mobile` is what the form says of the holder's mobile."""
    says = {key.replace("_", ".", 1): value for key, value in said.items()}
    return lambda book: make_form(policy=book.policy, says=says)


def _form_right(book: Book) -> None:
    holder = book.holder
    says = {
        "holder.name": holder.name,
        "holder.birth_date": "1985-06-15",
        "holder.id_valid_to": "2035-06-15",
        "holder.mobile": holder.mobile,
        "insured.sex": book.insured.sex,
    }
    make_form(policy=book.policy, says=says)


def _changed_since(book: Book) -> None:
    """The system had what the form says, until the customer told another number."""
    make_form(policy=book.policy, says={"holder.mobile": book.holder.mobile})
    rewrite(book.holder, mobile="13920461857")


PLANTS = (
    plant("PO-001", "another mobile", form_says(holder_mobile="13920461857"), field="holder.mobile"),
    plant("PO-001", "another name", form_says(insured_name="周明日"), field="insured.name"),
    plant("PO-001", "another day", form_says(holder_birth_date="1985-06-16"), field="holder.birth_date"),
    plant("PO-001", "an end", form_says(holder_id_valid_to="9999/99/99"), field="holder.id_valid_to"),
)
NEAR_MISSES = (
    ("PO-001", "as the system", _form_right),
    ("PO-001", "changed since", _changed_since),
)
