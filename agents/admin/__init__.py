from agents.admin.staff import StaffAdmin
from agents.admin.units import AgencyAdmin, BranchAdmin, OutletAdmin, PostingAdmin, SalesAgentAdmin

__all__ = ["AgencyAdmin", "BranchAdmin", "OutletAdmin", "PostingAdmin", "SalesAgentAdmin", "StaffAdmin"]
