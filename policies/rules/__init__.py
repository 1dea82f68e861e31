from policies.rules.contacts import CONTACTS
from policies.rules.documents import DOCUMENTS
from policies.rules.relations import RELATIONS
from policies.rules.sellers import SELLERS

RULES = (*DOCUMENTS, *CONTACTS, *RELATIONS, *SELLERS)

__all__ = ["RULES"]
