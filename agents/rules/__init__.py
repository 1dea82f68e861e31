from agents.rules.registers import REGISTERS

RULES = REGISTERS

__all__ = ["RULES"]
