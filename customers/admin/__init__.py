from customers.admin.customer import CustomerAdmin, CustomerGrantAdmin

__all__ = ["CustomerAdmin", "CustomerGrantAdmin"]
