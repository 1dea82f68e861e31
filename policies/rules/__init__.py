from policies.rules.accounts import ACCOUNTS
from policies.rules.ages import AGES
from policies.rules.beneficiaries import BENEFICIARIES
from policies.rules.contacts import CONTACTS
from policies.rules.documents import DOCUMENTS
from policies.rules.forms import FORMS
from policies.rules.notes import NOTES
from policies.rules.relations import RELATIONS
from policies.rules.sampled import SAMPLED
from policies.rules.sellers import SELLERS
from policies.rules.shared import SHARED

RULES = (
    *AGES,
    *DOCUMENTS,
    *CONTACTS,
    *RELATIONS,
    *BENEFICIARIES,
    *ACCOUNTS,
    *FORMS,
    *SELLERS,
    *SHARED,
    *SAMPLED,
)

__all__ = ["NOTES", "RULES"]
