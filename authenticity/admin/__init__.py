from authenticity.admin.rule_book import ArticleAdmin, DivisionAdmin, RuleSettingAdmin, WordAdmin

__all__ = ["ArticleAdmin", "DivisionAdmin", "RuleSettingAdmin", "WordAdmin"]
