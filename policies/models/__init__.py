from policies.models.application_form import ApplicationForm, FormPage
from policies.models.party import PolicyParty
from policies.models.policy import Policy, PolicyState
from policies.models.product import Product

__all__ = ["ApplicationForm", "FormPage", "Policy", "PolicyParty", "PolicyState", "Product"]
