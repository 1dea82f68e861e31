"""A numbered letter to an agency: what it names, when it was sent, and whether it was answered in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agents.choices import OutletLevel
from agents.models import Agency, Branch
from audits.letters import Answers, answers_of, lines_for
from audits.models import AgencyLetter, LetterLine, Rectification, TimelineEntry
from audits.operations.letters import (
    LetterRefused,
    answer_letter,
    make_letter,
    receive_letter,
    send_letter,
    void_letter,
)
from audits.operations.settings import EDITABLE, SettingRefused, change_settings
from audits.queries import rectification_settings
from tests.factories import (
    make_agency,
    make_customer,
    make_finding,
    make_outlet,
    make_policy,
    make_rectification,
    make_staff,
)
from tests.personas import Persona, log_in
from workplace.choices import Role
from workplace.models import Notice

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DUE = TODAY + timedelta(days=14)


def owed(branch: Branch, agency: Agency, **values) -> Rectification:
    """One of a bank's customers with a wrong mobile."""
    customer = make_customer(home_branch=branch, name="段思远")
    found = make_rectification(customer=customer, branch=branch, agency=agency, **values)
    policy = make_policy(holder=customer, branch=branch, agency=agency)
    make_finding(customer=customer, rectification=found, answering_policy=policy, answering_agency=agency)
    return found


def made(agency: Agency, by: Persona, *, due_on: date = DUE, at: datetime = NOW) -> AgencyLetter:
    return make_letter(agency=agency, text="请更正。\n特此函告。", due_on=due_on, actor=by.fresh(), at=at)


def sent(agency: Agency, by: Persona, *, due_on: date = DUE) -> AgencyLetter:
    return send_letter(letter=made(agency, by, due_on=due_on), on=TODAY, actor=by.fresh(), at=NOW)


def test_it_names_what_is_open_once_with_policy_and_masked_customer(
    here: Branch, bank: Agency, manager: Persona
):
    named = owed(here, bank)
    owed(here, make_agency(branch=here))
    letter = made(bank, manager)

    line = LetterLine.objects.get()
    assert line.rectification == named
    assert line.policy_number == named.findings.get().answering_policy.number
    assert (line.wrong.startswith("段"), "思远" in line.wrong) == (True, False)
    with pytest.raises(LetterRefused):
        made(bank, manager)
    assert lines_for(bank, manager.fresh()) == []
    assert letter.file.size > 0


def test_after_the_answer_what_is_still_open_may_be_named_again(here: Branch, bank: Agency, manager: Persona):
    owed(here, bank)
    letter = sent(bank, manager)
    answer_letter(letter=letter, answer="在办理中", on=TODAY, actor=manager.fresh(), at=NOW)

    assert len(lines_for(bank, manager.fresh())) == 1


def test_numbers_count_up_within_a_year(here: Branch, bank: Agency, manager: Persona):
    other = make_agency(branch=here)
    owed(here, bank)
    owed(here, other)
    numbers = [made(bank, manager).number, made(other, manager).number]

    assert numbers == [f"真信整改函〔{TODAY.year}〕000{serial}号" for serial in (1, 2)]


def test_a_letter_shows_nobody_what_lies_outside_their_scope(
    here: Branch, elsewhere: Branch, clerk: Persona, clerk_elsewhere: Persona, compliance: Persona
):
    agency = make_agency(branch=here)
    bank_branch = make_outlet(agency=agency, level=OutletLevel.BRANCH, branch=here)
    make_outlet(agency=agency, branch=elsewhere, parent=bank_branch)
    ours, theirs = owed(here, agency), owed(elsewhere, agency)
    both = sent(agency, compliance)
    page = clerk.client.get(reverse("letter", args=[both.pk])).content.decode()
    assert (ours.number in page, theirs.number in page) == (True, False)
    assert theirs.findings.get().answering_policy.number not in page
    assert [
        person.client.get(reverse("letter_pdf", args=[both.pk])).status_code
        for person in (clerk, clerk_elsewhere, compliance)
    ] == [404, 404, 200]

    answer_letter(letter=both, answer="已办", on=TODAY, actor=compliance.fresh(), at=NOW)
    Rectification.objects.filter(pk=theirs.pk).update(state="closed", closed_at=NOW)
    only_ours = sent(agency, compliance)
    listed = clerk_elsewhere.client.get(reverse("letters") + "?tab=all").content.decode()
    assert (both.number in listed, only_ours.number in listed) == (True, False)
    assert clerk_elsewhere.client.get(reverse("letter", args=[only_ours.pk])).status_code == 404


def test_another_word_before_the_number_counts_from_one(
    here: Branch, bank: Agency, manager: Persona, compliance: Persona
):
    other = make_agency(branch=here)
    owed(here, bank)
    owed(here, other)
    first = made(bank, manager).number
    page = compliance.client.get(reverse("rectification_settings"))
    said = {**page.context["form"].initial, "letter_word": "江南寿险整改函", "action": "general"}
    settings = rectification_settings()
    change_settings(
        values={name: said[name] for name in EDITABLE},
        seen_version=settings.version,
        actor=compliance.fresh(),
        at=NOW,
    )
    assert [first, made(other, manager).number] == [
        f"真信整改函〔{TODAY.year}〕0001号",
        f"江南寿险整改函〔{TODAY.year}〕0001号",
    ]
    with pytest.raises(SettingRefused):
        change_settings(
            values={**{name: said[name] for name in EDITABLE}, "letter_word": "整改〔函〕"},
            seen_version=settings.version + 1,
            actor=compliance.fresh(),
            at=NOW,
        )


def test_sending_writes_a_line_and_tells_the_liaison(
    here: Branch, bank: Agency, manager: Persona, partner: Persona
):
    named = owed(here, bank)
    letter = sent(bank, manager)

    assert list(TimelineEntry.objects.filter(rectification=named).values_list("action", "detail")) == [
        ("letter", {"number": letter.number})
    ]
    assert list(Notice.objects.values_list("recipient_id", "kind")) == [(partner.staff.pk, "letter_sent")]


@pytest.mark.parametrize("days, in_time", [(14, True), (-1, False)])
def test_answered_in_time_or_late(here: Branch, bank: Agency, manager: Persona, days: int, in_time: bool):
    owed(here, bank)
    letter = made(bank, manager, due_on=TODAY + timedelta(days=1))
    AgencyLetter.objects.filter(pk=letter.pk).update(
        sent_on=TODAY - timedelta(days=20), due_on=TODAY + timedelta(days=days)
    )
    waiting = answers_of([bank.pk], today=TODAY)
    letter.refresh_from_db()
    answer_letter(letter=letter, answer="已更正", on=TODAY, actor=manager.fresh(), at=NOW)

    expected = Answers(sent=1, answered=1, in_time=int(in_time), late=int(not in_time))
    assert answers_of([bank.pk], today=TODAY) == {bank.pk: expected}
    assert waiting == {bank.pk: Answers(sent=1, in_time=int(in_time), late=int(not in_time))}


def test_the_steps_have_an_order(here: Branch, bank: Agency, manager: Persona):
    owed(here, bank)
    letter = made(bank, manager)
    actor = manager.fresh()
    with pytest.raises(LetterRefused):
        receive_letter(letter=letter, on=TODAY, actor=actor, at=NOW)
    with pytest.raises(LetterRefused):
        answer_letter(letter=letter, answer="已办", on=TODAY, actor=actor, at=NOW)
    with pytest.raises(LetterRefused):
        send_letter(letter=letter, on=TODAY + timedelta(days=1), actor=actor, at=NOW)
    send_letter(letter=letter, on=TODAY, actor=actor, at=NOW)
    with pytest.raises(LetterRefused):
        send_letter(letter=letter, on=TODAY, actor=actor, at=NOW)
    with pytest.raises(LetterRefused):
        receive_letter(letter=letter, on=TODAY - timedelta(days=1), actor=actor, at=NOW)


def test_no_letter_is_received_after_it_was_answered(here: Branch, bank: Agency, manager: Persona):
    owed(here, bank)
    letter = sent(bank, manager)
    actor = manager.fresh()
    answer_letter(letter=letter, answer="已更正", on=TODAY, actor=actor, at=NOW)
    later = NOW + timedelta(days=2)
    with pytest.raises(LetterRefused):
        receive_letter(letter=letter, on=TODAY + timedelta(days=1), actor=actor, at=later)
    assert receive_letter(letter=letter, on=TODAY, actor=actor, at=later).received_on == TODAY


@pytest.mark.parametrize("text, days", [("  \n ", 14), ("请更正", 0)])
def test_a_letter_needs_words_and_time(here: Branch, bank: Agency, manager: Persona, text: str, days: int):
    owed(here, bank)
    with pytest.raises(LetterRefused):
        make_letter(
            agency=bank, text=text, due_on=TODAY + timedelta(days=days), actor=manager.fresh(), at=NOW
        )


# -- pages -----------------------------------------------------------------------------------------


def test_a_manager_writes_prints_and_sends_one(here: Branch, bank: Agency, manager: Persona):
    owed(here, bank)
    write = manager.client.get(reverse("letter_write", args=[bank.pk]))
    given = {"text": write.context["form"].initial["text"], "due_on": DUE.isoformat()}
    assert manager.client.post(reverse("letter_write", args=[bank.pk]), given).status_code == 302

    letter = AgencyLetter.objects.get()
    page = manager.client.get(reverse("letter", args=[letter.pk])).content.decode()
    assert (letter.number in page, "82号" in page) == (True, True)
    pdf = manager.client.get(reverse("letter_pdf", args=[letter.pk]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    manager.client.post(reverse("letter_sent", args=[letter.pk]), {"on": TODAY.isoformat()})
    letter.refresh_from_db()
    assert letter.sent_on == TODAY


def test_the_liaison_sees_the_own_agencys_letters_once_sent_and_answers(
    here: Branch, bank: Agency, manager: Persona, partner: Persona
):
    other = make_agency(branch=here)
    owed(here, other)
    foreign = sent(other, manager)
    owed(here, bank)
    letter = made(bank, manager)

    def status(one: AgencyLetter, name: str = "letter") -> int:
        return partner.client.get(reverse(name, args=[one.pk])).status_code

    assert (status(letter), status(foreign), status(foreign, "letter_pdf")) == (404, 404, 404)
    send_letter(letter=letter, on=TODAY, actor=manager.fresh(), at=NOW)
    assert (status(letter), status(letter, "letter_pdf")) == (200, 200)
    listed = partner.client.get(reverse("letters")).content.decode()
    assert (letter.number in listed, foreign.number in listed) == (True, False)

    answer = {"on": TODAY.isoformat(), "answer": "已联系客户，三日内补正。"}
    partner.client.post(reverse("letter_answer", args=[letter.pk]), answer)
    letter.refresh_from_db()
    assert (letter.answered_on, letter.answer) == (TODAY, answer["answer"])
    assert partner.client.post(reverse("letter_answer", args=[foreign.pk]), answer).status_code == 404
    assert Notice.objects.filter(recipient=manager.staff, kind="letter_answered").count() == 1


def test_a_liaison_does_not_date_an_answer_back(
    here: Branch, bank: Agency, manager: Persona, partner: Persona
):
    owed(here, bank)
    letter = sent(bank, manager)
    AgencyLetter.objects.filter(pk=letter.pk).update(sent_on=TODAY - timedelta(days=9))
    answer = {"on": (TODAY - timedelta(days=5)).isoformat(), "answer": "早已办"}

    assert partner.client.post(reverse("letter_answer", args=[letter.pk]), answer).status_code == 422
    letter.refresh_from_db()
    assert letter.answered_on is None


def test_a_clerk_reads_but_does_not_write(here: Branch, bank: Agency, manager: Persona, clerk: Persona):
    owed(here, bank)
    letter = sent(bank, manager)

    codes = [
        clerk.client.get(reverse("letter", args=[letter.pk])).status_code,
        clerk.client.get(reverse("letter_write", args=[bank.pk])).status_code,
        clerk.client.post(
            reverse("letter_answer", args=[letter.pk]), {"on": TODAY, "answer": "x"}
        ).status_code,
    ]
    assert codes == [200, 403, 422]


def test_nobody_of_another_province_finds_it(here: Branch, bank: Agency, manager: Persona, elsewhere: Branch):
    owed(here, bank)
    letter = sent(bank, manager)
    stranger = log_in(make_staff(Role.MANAGER, branch=elsewhere))

    assert manager.client.get(reverse("letter", args=[letter.pk])).status_code == 200
    assert stranger.client.get(reverse("letter", args=[letter.pk])).status_code == 404
    assert stranger.client.get(reverse("letter_write", args=[bank.pk])).status_code == 404


def test_a_voided_letter_frees_what_it_named_and_keeps_its_number(
    here: Branch, bank: Agency, manager: Persona
):
    named = owed(here, bank)
    letter = made(bank, manager)
    address = reverse("letter_void", args=[letter.pk])

    manager.client.post(address, {"reason": " "})
    letter.refresh_from_db()
    assert letter.voided_at is None

    manager.client.post(address, {"reason": "收件机构写错"})
    letter.refresh_from_db()
    assert (letter.void_reason, letter.voided_by) == ("收件机构写错", manager.staff)
    assert letter.voided_at is not None
    again = made(bank, manager)
    assert [line.rectification for line in again.lines.all()] == [named]
    assert again.number != letter.number


def test_a_voided_letter_goes_no_further(here: Branch, bank: Agency, manager: Persona, partner: Persona):
    owed(here, bank)
    letter = void_letter(letter=made(bank, manager), reason="重复", actor=manager.fresh(), at=NOW)
    for refused in (
        lambda: send_letter(letter=letter, on=TODAY, actor=manager.fresh(), at=NOW),
        lambda: receive_letter(letter=letter, on=TODAY, actor=manager.fresh(), at=NOW),
        lambda: void_letter(letter=letter, reason="再次", actor=manager.fresh(), at=NOW),
    ):
        with pytest.raises(LetterRefused):
            refused()
    assert not TimelineEntry.objects.filter(action="letter").exists()
    assert manager.client.get(reverse("letter_pdf", args=[letter.pk])).status_code == 404
    assert partner.client.get(reverse("letter", args=[letter.pk])).status_code == 404
    page = manager.client.get(reverse("letter", args=[letter.pk])).content.decode()
    assert ("重复" in page, reverse("letter_sent", args=[letter.pk]) in page) == (True, False)
    assert letter.number in manager.client.get(reverse("letters"), {"tab": "voided"}).content.decode()
    assert letter.number not in manager.client.get(reverse("letters"), {"tab": "draft"}).content.decode()


def test_a_letter_that_was_sent_is_not_voided(here: Branch, bank: Agency, manager: Persona, clerk: Persona):
    owed(here, bank)
    letter = sent(bank, manager)
    with pytest.raises(LetterRefused):
        void_letter(letter=letter, reason="不再需要", actor=manager.fresh(), at=NOW)
    assert clerk.client.post(reverse("letter_void", args=[letter.pk]), {"reason": "x"}).status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyLetter.objects.filter(pk=letter.pk).update(
            voided_at=NOW, voided_by=manager.staff, void_reason="不再需要"
        )
