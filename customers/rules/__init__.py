from customers.rules.addresses import ADDRESSES
from customers.rules.completeness import COMPLETENESS
from customers.rules.documents import DOCUMENTS
from customers.rules.names import NAMES
from customers.rules.notes import NOTES
from customers.rules.numbers import NUMBERS
from customers.rules.phones import PHONE_RULES
from customers.rules.upkeep import UPKEEP
from customers.rules.validity import VALIDITY

RULES = (
    *COMPLETENESS,
    *NAMES,
    *NUMBERS,
    *DOCUMENTS,
    *VALIDITY,
    *PHONE_RULES,
    *ADDRESSES,
    *UPKEEP,
)

__all__ = ["NOTES", "RULES"]
