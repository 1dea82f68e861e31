from customers.rules.completeness import COMPLETENESS
from customers.rules.contacts import CONTACTS
from customers.rules.documents import DOCUMENTS
from customers.rules.identity import IDENTITY

RULES = (*COMPLETENESS, *IDENTITY, *DOCUMENTS, *CONTACTS)

__all__ = ["RULES"]
