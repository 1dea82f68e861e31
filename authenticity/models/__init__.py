from authenticity.models.article import Article
from authenticity.models.division import Division
from authenticity.models.rule_setting import RuleSetting
from authenticity.models.word import Word

__all__ = ["Article", "Division", "RuleSetting", "Word"]
