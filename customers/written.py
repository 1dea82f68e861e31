"""How people write sex, document types and countries, and the code that each means."""

from __future__ import annotations

from functools import lru_cache

from authenticity.choices import DocumentType, Sex
from authenticity.texts import compact
from workplace.intake.shapes import Misshapen

_SEXES = {
    Sex.MALE: ("m", "male", "男", "男性", "1"),
    Sex.FEMALE: ("f", "female", "女", "女性", "2"),
}
_SEX_OF = {word: str(sex) for sex, words in _SEXES.items() for word in words}
_NO_SEX = ("", "未知", "不详", "0", "9", "u")

# The first word of each is the one that templates print.
DOCUMENT_WORDS: dict[str, tuple[str, ...]] = {
    DocumentType.RESIDENT_ID: ("居民身份证", "身份证", "二代身份证"),
    DocumentType.RESIDENCE_PERMIT: ("港澳台居民居住证", "居住证"),
    DocumentType.FOREIGN_PR: ("外国人永久居留身份证", "外国人永久居留证"),
    DocumentType.HK_MACAU_PERMIT: ("港澳居民来往内地通行证", "港澳通行证", "回乡证"),
    DocumentType.TAIWAN_PERMIT: ("台湾居民来往大陆通行证", "台胞证"),
    DocumentType.PASSPORT: ("护照", "中国护照"),
    DocumentType.FOREIGN_PASSPORT: ("外国护照",),
    DocumentType.HOUSEHOLD_REGISTER: ("户口簿", "户口本"),
    DocumentType.BIRTH_CERTIFICATE: ("出生医学证明", "出生证明", "出生证"),
    DocumentType.MILITARY: ("军人证件", "军官证", "士兵证", "军人证"),
    DocumentType.USCC: ("统一社会信用代码",),
    DocumentType.OTHER: ("其他证件", "其他"),
}
_DOCUMENT_OF = {word: str(kind) for kind, words in DOCUMENT_WORDS.items() for word in (kind, *words)}

COUNTRY_WORDS: dict[str, tuple[str, ...]] = {
    "CHN": ("中国", "中华人民共和国", "中国大陆", "CN"),
    "HKG": ("中国香港", "香港", "HK"),
    "MAC": ("中国澳门", "澳门", "MO"),
    "TWN": ("中国台湾", "台湾", "TW"),
    "USA": ("美国", "US"),
    "GBR": ("英国", "GB"),
    "CAN": ("加拿大", "CA"),
    "AUS": ("澳大利亚", "AU"),
    "NZL": ("新西兰", "NZ"),
    "JPN": ("日本", "JP"),
    "KOR": ("韩国", "KR"),
    "SGP": ("新加坡", "SG"),
    "MYS": ("马来西亚", "MY"),
    "THA": ("泰国", "TH"),
    "VNM": ("越南", "VN"),
    "PHL": ("菲律宾", "PH"),
    "IDN": ("印度尼西亚", "ID"),
    "IND": ("印度", "IN"),
    "RUS": ("俄罗斯", "RU"),
    "DEU": ("德国", "DE"),
    "FRA": ("法国", "FR"),
    "ITA": ("意大利", "IT"),
    "ESP": ("西班牙", "ES"),
}
_COUNTRY_OF = {word: code for code, words in COUNTRY_WORDS.items() for word in words}


@lru_cache(maxsize=1024)
def sex_of(text: str) -> str:
    """'M', 'F' or empty; raises Misshapen for any other word."""
    word = compact(text).lower()
    if word in _NO_SEX:
        return ""
    if word not in _SEX_OF:
        raise Misshapen("not_allowed", field="sex", value=text, allowed=[["M", "男"], ["F", "女"]])
    return _SEX_OF[word]


@lru_cache(maxsize=1024)
def document_type_of(text: str) -> str:
    """The code of a document type written as code or in Chinese; raises Misshapen for another word."""
    word = compact(text)
    if not word:
        return ""
    found = _DOCUMENT_OF.get(word) or _DOCUMENT_OF.get(word.lower())
    if not found:
        allowed = [[str(kind), words[0]] for kind, words in DOCUMENT_WORDS.items()]
        raise Misshapen("not_allowed", field="id_type", value=text, allowed=allowed)
    return found


@lru_cache(maxsize=1024)
def country_of(text: str) -> str:
    """ISO 3166 alpha-3 of a country; raises Misshapen when it is neither a code nor a known name."""
    word = compact(text)
    if not word:
        return ""
    found = _COUNTRY_OF.get(word) or _COUNTRY_OF.get(word.upper())
    if found:
        return found
    if len(word) == 3 and word.isascii() and word.isalpha():
        return word.upper()
    raise Misshapen(
        "not_allowed",
        field="nationality",
        value=text,
        allowed=[[code, words[0]] for code, words in COUNTRY_WORDS.items()],
    )
