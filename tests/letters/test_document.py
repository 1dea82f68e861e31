"""The PDF of a letter: embedded font, pages numbered, long lists over several pages."""

from __future__ import annotations

import zlib

from agents.models import Agency, Branch
from audits.letter_pdf import pdf_of
from audits.models import LetterLine
from tests.factories import make_rectification
from tests.letters.test_letters import made, owed
from tests.personas import Persona


def pages_of(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ")


def test_a_long_list_goes_over_several_pages_with_the_font_inside(
    here: Branch, bank: Agency, manager: Persona
):
    owed(here, bank)
    letter = made(bank, manager)
    one_page = pdf_of(letter)
    LetterLine.objects.bulk_create(
        LetterLine(
            letter=letter,
            rectification=make_rectification(branch=here, agency=bank),
            policy_number=f"P{number:06d}",
            wrong="段**　手机号位数不对 <&>",
        )
        for number in range(60)
    )
    long = pdf_of(letter)

    assert (pages_of(one_page), pages_of(long)) == (1, 3)
    assert b"/FontFile2" in long, "a reader without Chinese fonts must show it too"
    assert len(zlib.compress(long)) < 400_000
