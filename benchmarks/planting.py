"""Puts a second record of one person into a book, in every way that people do it, and twins beside them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.db import connection

from authenticity.resident_id import check_digit
from customers.duplicates.likeness import sound_of
from customers.facts import SOURCE_FIELDS, derive, written_of
from customers.models import Customer

Row = dict[str, str]
SIGNS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕"
    "彬鹏浩凯健俊帆雪荣爱妹霜香月莺媛瑞凡佳嘉琼勤珍贞莉"
)


def _mobile(chance: random.Random) -> str:
    return f"19{chance.randrange(10**9):09d}"


def _other_mobile(chance: random.Random, row: Row) -> None:
    row["mobile"], row["address"] = _mobile(chance), ""


def _fifteen(chance: random.Random, row: Row) -> None:
    row["id_no"] = row["id_no"][:6] + row["id_no"][8:17]
    row["mobile"] = _mobile(chance)


def _one_wrong(chance: random.Random, row: Row) -> None:
    place = chance.randrange(14, 17)
    row["id_no"] = _with(row["id_no"], place, str((int(row["id_no"][place]) + chance.randrange(1, 10)) % 10))
    row["mobile"] = _mobile(chance)


def _swapped(chance: random.Random, row: Row) -> None:
    number = row["id_no"]
    places = [place for place in range(5) if number[place] != number[place + 1]] or [0]
    place = chance.choice(places)
    row["id_no"] = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    row["mobile"] = _mobile(chance)


def _same_sound(chance: random.Random, row: Row) -> None:
    by_sound: dict[str, list[str]] = {}
    for sign in SIGNS:
        by_sound.setdefault(sound_of(sign), []).append(sign)
    for place in range(len(row["name"]) - 1, 0, -1):
        others = [one for one in by_sound.get(sound_of(row["name"][place]), []) if one != row["name"][place]]
        if others:
            row["name"] = _with(row["name"], place, chance.choice(others))
            break
    row["id_no"] = row["id_type"] = ""


def _wrong_sign(chance: random.Random, row: Row) -> None:
    row["name"] = _with(row["name"], len(row["name"]) - 1, chance.choice(SIGNS))
    row["mobile"] = _mobile(chance)


def _birth_slip(chance: random.Random, row: Row) -> None:
    """The day read wrongly, in the number and beside it."""
    number = row["id_no"]
    near = [
        day
        for day in range(1, 29)
        if sum(a != b for a, b in zip(f"{day:02d}", number[12:14], strict=True)) == 1
    ]
    day = chance.choice(near)
    row["id_no"] = f"{number[:12]}{day:02d}{number[14:]}"
    row["birth_date"] = f"{row['birth_date'][:8]}{day:02d}"


def _only_a_name(chance: random.Random, row: Row) -> None:
    row["id_no"] = row["id_type"] = ""
    row["mobile"] = _mobile(chance)


def _name_and_no_number(chance: random.Random, row: Row) -> None:
    row["name"] = _with(row["name"], len(row["name"]) - 1, chance.choice(SIGNS))
    row["id_no"] = row["id_type"] = ""


def _number_alone(chance: random.Random, row: Row) -> None:
    row["birth_date"] = row["sex"] = row["mobile"] = row["address"] = ""


WAYS: tuple[Callable[[random.Random, Row], None], ...] = (
    _other_mobile, _fifteen, _one_wrong, _swapped, _same_sound, _wrong_sign, _birth_slip, _only_a_name,
    _name_and_no_number, _number_alone,
)  # fmt: skip


def _twin(chance: random.Random, row: Row) -> None:
    """Another person: born the same day, same sex, address and phone, another given name and number."""
    row["name"] = _with(row["name"], len(row["name"]) - 1, chance.choice(SIGNS))
    body = f"{row['id_no'][:14]}{(int(row['id_no'][14:17]) + 2) % 1000:03d}"
    row["id_no"] = body + check_digit(body)


def _with(text: str, place: int, sign: str) -> str:
    return text[:place] + sign + text[place + 1 :]


SEPARATE = """
    UPDATE customers_customer SET id_key = '', id_no = '', id_check_ok = NULL
     WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY id_key ORDER BY id) AS turn
                                    FROM customers_customer WHERE id_key <> '') ranked WHERE turn > 1)
"""


def plant(size: int, seed: int) -> set[tuple[int, int]]:
    """One pair a hundred customers, as many of each way, and a tenth as many twins; returns the true pairs.

    Numbers that the book itself gave twice are taken away first: nobody knows what they should mean.
    Call it inside a transaction that is rolled back.
    """
    chance = random.Random(f"{seed}:duplicates")
    with connection.cursor() as cursor:
        cursor.execute(SEPARATE)
    count = size // 100
    ids = list(
        Customer.objects.filter(id_check_ok=True, id_key__regex=r"^[0-9]{6}19", mobile__regex=r"^1[0-9]{10}$")
        .exclude(address="")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    chosen = sorted(chance.sample(ids, count + count // 10))
    chance.shuffle(chosen)
    originals = Customer.objects.in_bulk(chosen)
    copies = [_copy(chance, originals[pk], place, count) for place, pk in enumerate(chosen)]
    twins = [copy.id_key for copy in copies[count:]]
    taken = set(Customer.objects.filter(id_key__in=twins).values_list("id_key", flat=True))
    copies = copies[:count] + [copy for copy in copies[count:] if copy.id_key not in taken]
    Customer.objects.bulk_create(copies, batch_size=1_000)
    return {(pk, copy.pk) for pk, copy in zip(chosen[:count], copies[:count], strict=True)}


def _copy(chance: random.Random, original: Customer, place: int, count: int) -> Customer:
    row = {field: written_of(original, field) for field in SOURCE_FIELDS}
    change = WAYS[place % len(WAYS)] if place < count else _twin
    change(chance, row)
    columns: dict[str, Any] = derive(row)
    return Customer(
        number=f"D{place:08d}",
        home_branch_id=original.home_branch_id,
        recorded_at=original.recorded_at,
        extracted_at=original.extracted_at,
        **columns,
    )
