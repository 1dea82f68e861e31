"""Defects at the rates of the 2014 inspection (requirement 163), as quotas of each channel's policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from authenticity.resident_id import check_digit
from config.demo.book import Contract
from config.demo.chance import Chance
from config.demo.people import Person

# Missing and false, in percent of the policies in scope.
RATES = {
    "bank": (5.25, 1.18),
    "individual": (0.31, 0.39),
    "professional": (0.74, 0.06),
    "other": (0.74, 0.06),
}

Defect = Callable[[Chance, Contract], None]


def _no_phone(chance: Chance, contract: Contract) -> None:
    contract.holder.row.update(mobile="", landline="")


def _no_address(chance: Chance, contract: Contract) -> None:
    contract.holder.row["address"] = ""


def _address_without_detail(chance: Chance, contract: Contract) -> None:
    row = contract.holder.row
    row["address"] = row["address"].rstrip("0123456789号室幢组") or row["address"]
    for mark in ("路", "街", "大道", "村"):
        if mark in row["address"]:
            row["address"] = row["address"].split(mark)[0] + mark
            break


def _no_sex(chance: Chance, contract: Contract) -> None:
    contract.holder.row["sex"] = ""


def _placeholder_address(chance: Chance, contract: Contract) -> None:
    contract.holder.row["address"] = chance.random.choice(["不详", "无", "暂无"])


def _no_seller(chance: Chance, contract: Contract) -> None:
    contract.row.update(seller_no="", seller_name="")


def _wrong_check_digit(chance: Chance, contract: Contract) -> None:
    """One digit of the running number mistyped, sex unchanged: only the check digit tells."""
    number = contract.holder.row["id_no"]
    changed = number[:14] + str((int(number[14]) + 1) % 10) + number[15:]
    if check_digit(changed[:17]) != changed[17]:
        contract.holder.row["id_no"] = changed


def _other_birth_date(chance: Chance, contract: Contract) -> None:
    shifted = contract.holder.birth + timedelta(days=chance.random.choice([-9, 1, 10, 31]))
    contract.holder.row["birth_date"] = shifted.isoformat()


def _other_sex(chance: Chance, contract: Contract) -> None:
    row = contract.holder.row
    row["sex"] = "女" if row["sex"] == "男" else "男"


def _invented_mobile(chance: Chance, contract: Contract) -> None:
    digit = chance.random.choice("2345679")
    contract.holder.row["mobile"] = f"13{chance.random.randint(1, 9)}{chance.random.randint(1, 9)}{digit * 7}"


def _short_mobile(chance: Chance, contract: Contract) -> None:
    contract.holder.row["mobile"] = contract.holder.row["mobile"][:10]


def _digit_in_name(chance: Chance, contract: Contract) -> None:
    contract.holder.row["name"] += str(chance.random.randint(1, 9))


def _sellers_phone(chance: Chance, contract: Contract) -> None:
    contract.holder.row.update(mobile=contract.seller.phone, landline="")


def _anothers_account(chance: Chance, contract: Contract) -> None:
    name = chance.name("M")
    contract.row.update(account_holder_name=name, account_holder_id_no="")


MISSING: tuple[Defect, ...] = (
    _no_phone, _no_address, _address_without_detail, _no_phone, _placeholder_address, _no_address,
    _address_without_detail, _no_seller, _no_sex,
)  # fmt: skip
FALSE: tuple[Defect, ...] = (
    _sellers_phone, _wrong_check_digit, _invented_mobile, _short_mobile, _other_birth_date, _digit_in_name,
    _sellers_phone, _other_sex, _anothers_account,
)  # fmt: skip


def plant(chance: Chance, book: list[Contract], today: date) -> None:
    """Changes the rows in place; afterwards each channel's quota of policies answers for a defect."""
    latest: dict[str, Contract] = {}
    for contract in sorted(book, key=lambda c: (c.applied, c.row["number"])):
        if contract.in_scope:
            latest[contract.holder.number] = contract
    for channel, (missing, false) in RATES.items():
        in_scope = sum(c.in_scope and c.channel == channel for c in book)
        free = [c for c in latest.values() if c.channel == channel]
        chance.random.shuffle(free)
        queue = iter(free)
        missing_quota = _quota(missing, in_scope)
        expired = min(missing_quota // 2, len(free) // 60) if channel == "individual" else 0
        _plant_each(chance, queue, MISSING, missing_quota - expired)
        false_quota = _quota(false, in_scope)
        if channel == "bank":
            false_quota -= _share_phones(chance, queue, false_quota)
        _plant_each(chance, queue, FALSE, false_quota)
        short, rest = _expire_cards(list(queue), book, today, expired)
        _plant_each(chance, iter(rest), MISSING, short)


def _quota(percent: float, policies: int) -> int:
    return round(percent * policies / 100)


def _plant_each(chance: Chance, queue: Iterator[Contract], kinds: tuple[Defect, ...], count: int) -> None:
    for turn in range(count):
        contract = next(queue, None)
        if contract is None:
            return
        kinds[turn % len(kinds)](chance, contract)


def _share_phones(chance: Chance, queue: Iterator[Contract], quota: int) -> int:
    """Clusters of three and four holders on one number, as many as a third of the quota holds."""
    used = 0
    for size in (3, 4, 3):
        if used + size > max(quota // 2, 3) or quota < 3:
            break
        members = [contract for contract, _ in zip(queue, range(size), strict=False)]
        for contract in members[1:]:
            contract.holder.row["mobile"] = members[0].holder.row["mobile"]
        used += len(members)
    return used


def _expire_cards(
    free: list[Contract], book: list[Contract], today: date, count: int
) -> tuple[int, list[Contract]]:
    """Documents that ran out after the last application, and the check of identity with them.

    Returns how many are still to be found, and the contracts that were left alone.
    """
    last: dict[str, date] = {}
    for contract in book:
        for person in (contract.holder, contract.insured):
            last[person.number] = max(last.get(person.number, contract.applied), contract.applied)
    rest: list[Contract] = []
    for contract in free:
        day = last[contract.holder.number]
        old = count > 0 and day < today - timedelta(days=120)
        if old and _expire(contract.holder, day, today):
            count -= 1
        else:
            rest.append(contract)
    return count, rest


def _expire(person: Person, last: date, today: date) -> bool:
    """Ends the card between the last application and today when its holder's age then allows ten years."""
    until = min(last + timedelta(days=90), today - timedelta(days=10)).replace(day=12)
    issued = until.replace(year=until.year - 10)
    age = (
        issued.year
        - person.birth.year
        - ((issued.month, issued.day) < (person.birth.month, person.birth.day))
    )
    if not 16 <= age <= 25 or until <= last:
        return False
    person.row.update(id_valid_from=issued.isoformat(), id_valid_to=until.isoformat())
    return True
