from agents.models.agency import Agency, Outlet, OutletName, OutletPhone
from agents.models.branch import Branch
from agents.models.posting import Posting
from agents.models.sales_agent import Employment, Registration, SalesAgent, SalesAgentPhone, SellerStanding
from agents.models.scope import (
    AgencyGroupObjectPermission,
    AgencyUserObjectPermission,
    BranchGroupObjectPermission,
    BranchUserObjectPermission,
)

__all__ = [
    "Agency",
    "AgencyGroupObjectPermission",
    "AgencyUserObjectPermission",
    "Branch",
    "BranchGroupObjectPermission",
    "BranchUserObjectPermission",
    "Employment",
    "Outlet",
    "OutletName",
    "OutletPhone",
    "Posting",
    "Registration",
    "SalesAgent",
    "SalesAgentPhone",
    "SellerStanding",
]
