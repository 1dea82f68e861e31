"""For each rule: what plants its defect, exactly which codes are then found, and what nearly is one.

Every module here is gathered by itself. It has two tuples:

    PLANTS = (plant("PH-001", "ten digits", of_holder(mobile="1392046185"), field="mobile"), ...)
    NEAR_MISSES = (("PH-001", "with +86 and hyphens", of_holder(mobile="+86 139-2046-1857")), ...)

A plant acts on the clean book of `tests.rules.book` and names every (code, field) found after precedence,
its own first, others behind it; a near miss finds nothing at all. `of_holder` and `of_insured` are also typed
into the form (`check_values`); any other act is written and then asked about. A code needs one row of each.
`test_every_rule` walks them: each stage that the rule declares finds the set, without the rule it does not.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.rules.planting import Act, Plant

NearMiss = tuple[str, str, Act]

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]

PLANTS: tuple[Plant, ...] = tuple(one for module in _MODULES for one in module.PLANTS)
NEAR_MISSES: tuple[NearMiss, ...] = tuple(one for module in _MODULES for one in module.NEAR_MISSES)
