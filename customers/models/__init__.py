from customers.models.coverage import Coverage, SharedKey
from customers.models.customer import Customer
from customers.models.grant import CustomerGrant
from customers.models.person import PersonFacts
from customers.models.serving_unit import ServingUnit

__all__ = ["Coverage", "Customer", "CustomerGrant", "PersonFacts", "ServingUnit", "SharedKey"]
