from customers.models.contact_attempt import ContactAttempt, DoNotDisturb, FailedContact
from customers.models.coverage import Coverage, SharedKey
from customers.models.customer import Customer
from customers.models.duplicate import (
    DuplicateCampaign,
    DuplicatePair,
    DuplicateRun,
    DuplicateSettings,
)
from customers.models.grant import CustomerGrant
from customers.models.image import CustomerImage
from customers.models.person import PersonFacts
from customers.models.relationship import Relationship
from customers.models.serving_unit import ServingUnit

__all__ = [
    "ContactAttempt",
    "Coverage",
    "Customer",
    "CustomerGrant",
    "CustomerImage",
    "DoNotDisturb",
    "DuplicateCampaign",
    "DuplicatePair",
    "DuplicateRun",
    "DuplicateSettings",
    "FailedContact",
    "PersonFacts",
    "Relationship",
    "ServingUnit",
    "SharedKey",
]
