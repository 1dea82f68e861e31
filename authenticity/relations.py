"""How one party stands to another: codes, and what each implies about sex and age."""

from dataclasses import dataclass
from typing import Literal

from authenticity.texts import compact

Age = Literal["elder", "younger", ""]


@dataclass(frozen=True, slots=True)
class Relation:
    """`sex` and `age` are what the word implies about the person that bears it towards the other."""

    code: str
    zh: str
    sex: Literal["M", "F", ""] = ""
    age: Age = ""
    family: bool = False
    insurable: bool = False
    inverse: tuple[str, ...] = ()


RELATIONS: dict[str, Relation] = {
    relation.code: relation
    for relation in (
        Relation("self", "本人", insurable=True, inverse=("self",)),
        Relation("spouse", "配偶", family=True, insurable=True, inverse=("spouse", "husband", "wife")),
        Relation("husband", "丈夫", "M", "", True, True, ("wife", "spouse")),
        Relation("wife", "妻子", "F", "", True, True, ("husband", "spouse")),
        Relation("father", "父亲", "M", "elder", True, True, ("son", "daughter", "child")),
        Relation("mother", "母亲", "F", "elder", True, True, ("son", "daughter", "child")),
        Relation("parent", "父母", "", "elder", True, True, ("son", "daughter", "child")),
        Relation("son", "儿子", "M", "younger", True, True, ("father", "mother", "parent")),
        Relation("daughter", "女儿", "F", "younger", True, True, ("father", "mother", "parent")),
        Relation("child", "子女", "", "younger", True, True, ("father", "mother", "parent")),
        Relation("grandparent", "祖父母", "", "elder", True, False, ("grandchild",)),
        Relation("grandchild", "孙子女", "", "younger", True, False, ("grandparent",)),
        Relation("sibling", "兄弟姐妹", family=True, inverse=("sibling", "brother", "sister")),
        Relation("brother", "兄弟", "M", "", True, False, ("sibling", "brother", "sister")),
        Relation("sister", "姐妹", "F", "", True, False, ("sibling", "brother", "sister")),
        Relation("parent_in_law", "配偶父母", "", "elder", True, False, ("child_in_law",)),
        Relation("child_in_law", "子女配偶", "", "younger", True, False, ("parent_in_law",)),
        Relation("relative", "其他亲属", family=True, inverse=("relative",)),
        Relation("guardian", "监护人", family=True, inverse=("ward",)),
        Relation("ward", "被监护人", family=True, inverse=("guardian",)),
        Relation(
            "supported", "有抚养赡养关系的家庭成员", family=True, insurable=True, inverse=("supported",)
        ),
        Relation("employer", "雇主", inverse=("employee",)),
        Relation("employee", "雇员", insurable=True, inverse=("employer",)),
        Relation("statutory", "法定"),
        Relation("other", "其他", inverse=("other",)),
    )
}
CODES = tuple(RELATIONS)

_SYNONYMS = {
    "self": "投保人本人 被保险人本人 自己",
    "spouse": "夫妻 爱人",
    "husband": "夫 老公",
    "wife": "妻 老婆",
    "father": "父 爸爸 父子 父女",
    "mother": "母 妈妈 母子 母女",
    "parent": "父亲或母亲",
    "son": "子",
    "daughter": "女",
    "child": "子女 孩子",
    "grandparent": "祖父 祖母 外祖父 外祖母 爷爷 奶奶 外公 外婆 祖孙",
    "grandchild": "孙子 孙女 外孙 外孙女",
    "brother": "哥哥 弟弟",
    "sister": "姐姐 妹妹",
    "sibling": "兄弟姊妹",
    "parent_in_law": "公婆 岳父 岳母",
    "child_in_law": "儿媳 女婿",
    "relative": "亲属 亲戚",
    "employer": "单位",
    "employee": "雇佣 员工",
    "statutory": "法定继承人",
}
_BY_TEXT = {relation.zh: code for code, relation in RELATIONS.items()} | {
    word: code for code, words in _SYNONYMS.items() for word in words.split()
}

# What stands in a name's place where only the relation was written; self and other are no such words.
RELATION_WORDS = tuple(
    sorted(
        {word for word, code in _BY_TEXT.items() if code not in ("self", "other")}
        | {word for code, words in _SYNONYMS.items() if code != "self" for word in words.split()}
    )
)


def parse_relation(text: str | None) -> str:
    """The code of a relation written as code or in Chinese; empty when it is not known."""
    written = compact(text, 60)
    lowered = written.lower()
    return lowered if lowered in RELATIONS else _BY_TEXT.get(written, "")


def implied_sex(code: str) -> str:
    """'M', 'F' or empty."""
    return RELATIONS[code].sex if code in RELATIONS else ""


def implied_age(code: str) -> Age:
    return RELATIONS[code].age if code in RELATIONS else ""


def is_family(code: str) -> bool:
    return code in RELATIONS and RELATIONS[code].family


def is_insurable(code: str) -> bool:
    """保险法 art. 31: an insurable interest without the insured's consent."""
    return code in RELATIONS and RELATIONS[code].insurable


def are_inverse(one: str, other: str) -> bool:
    """Whether A may be `one` to B while B is `other` to A."""
    return one in RELATIONS and other in RELATIONS[one].inverse
