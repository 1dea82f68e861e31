from policies.admin.policy import (
    ApplicationFormAdmin,
    PolicyAdmin,
    PolicyPartyAdmin,
    ProductAdmin,
)

__all__ = ["ApplicationFormAdmin", "PolicyAdmin", "PolicyPartyAdmin", "ProductAdmin"]
