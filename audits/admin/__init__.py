from audits.admin.rectification import RectificationAdmin

__all__ = ["RectificationAdmin"]
