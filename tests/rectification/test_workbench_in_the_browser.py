"""The workbench in Chromium: keys, an input method, the draft that keeps itself, a login that ends."""

import pytest

from agents.choices import Post
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.evidence import add_evidence
from audits.operations.rectifications import assign_rectification
from tests.browser import refused_by_policy
from tests.factories import AT, PASSWORD, make_branch, make_staff
from tests.personas import Persona
from tests.rectification.scenes import SHORT, defective, given, good_mobile, image
from workplace.choices import CorrectionState, Role
from workplace.models import Correction

pytestmark = pytest.mark.browser
COMPOSING = """(field) => {
    field.focus();
    field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    field.value = "shi";
    field.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: true}));
    field.dispatchEvent(new KeyboardEvent("keydown", {bubbles: true, key: "s", isComposing: true}));
}"""
COMPOSED = """(field) => {
    field.value = "北京市东城区";
    field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: "北京市东城区"}));
}"""


@pytest.fixture
def people(committed_db):
    here = make_branch(name="临江中心支公司")
    clerk = Persona(make_staff(Role.CLERK, branch=here, name="段作业"), client=None)
    manager = Persona(make_staff(Role.MANAGER, branch=here, name="张主管", post=Post.MANAGEMENT), client=None)
    return here, clerk, manager


def field_of(rectification, name="mobile"):
    return f'[name="v:customer:{rectification.customer_id}:{name}"]'


def test_two_are_corrected_by_keyboard_alone(site, people):
    here, clerk, manager = people
    first, second = given(here, clerk, manager), given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    refused = refused_by_policy(page.context)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/rectifications/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for rectification in (first, second):
        page.wait_for_url(f"**/rectifications/{rectification.pk}/")
        assert SHORT in page.content()
        page.keyboard.press("e")
        page.keyboard.type("138")
        page.wait_for_selector(".zx-bench-answer .zx-fault")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(good_mobile())
        page.wait_for_selector(".zx-bench-answer .zx-good")
        page.keyboard.press("Escape")
        page.keyboard.press("w")
        page.keyboard.press("c")
        page.keyboard.press("s")
    page.wait_for_url("**/rectifications/")
    assert {row.state for row in Rectification.objects.all()} == {State.IN_REVIEW}
    assert (refused, errors) == ([], [])


def test_nothing_is_kept_or_pressed_while_an_input_method_composes(site, people):
    here, clerk, manager = people
    rectification = given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/{rectification.pk}/")
    page.click("details summary")
    field = page.locator(field_of(rectification, "address"))
    field.evaluate(COMPOSING)
    page.wait_for_timeout(1500)
    assert Correction.objects.count() == 0
    assert Rectification.objects.get().state == State.ASSIGNED
    field.evaluate(COMPOSED)
    page.wait_for_function("document.getElementById('draft-kept').textContent.trim() !== ''")
    assert Correction.objects.get().new_raw == "北京市东城区"


def test_nothing_typed_is_lost_to_a_login_that_ends(site, people):
    """It ends before anything was kept: the page stays as it is, and goes on after logging in elsewhere."""
    here, clerk, manager = people
    rectification = given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/{rectification.pk}/")
    page.context.clear_cookies(name="sessionid")
    number = good_mobile()
    page.fill(field_of(rectification), number)
    page.check("[name=will][value=call]")
    page.check("[name=confirmed]")
    page.keyboard.press("s")
    page.wait_for_selector(".zx-message--warning a")
    assert Correction.objects.count() == 0
    assert page.input_value(field_of(rectification)) == number
    with page.expect_popup() as opened:
        page.click(".zx-message--warning a")
    login = opened.value
    login.fill("#id_username", clerk.staff.username)
    login.fill("#id_password", PASSWORD)
    login.press("#id_password", "Enter")
    login.wait_for_url(f"**/rectifications/{rectification.pk}/")
    page.bring_to_front()
    page.keyboard.press("s")
    page.wait_for_url("**/rectifications/")
    assert Correction.objects.get().new_raw == number
    assert Rectification.objects.get().state == State.IN_REVIEW


def test_what_was_typed_last_goes_along_when_the_page_is_left(site, people):
    here, clerk, manager = people
    rectification = given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/{rectification.pk}/")
    page.fill(field_of(rectification), "13800")
    page.goto("/rectifications/")
    page.wait_for_timeout(500)
    page.goto(f"/rectifications/{rectification.pk}/")
    assert page.input_value(field_of(rectification)) == "13800"
    assert Correction.objects.get().state == CorrectionState.DRAFT


def test_in_three_clicks_from_the_list_to_the_next_one(site, people):
    """Beside the list: the first faulty field waits for the number; will, confirmation, submit."""
    here, clerk, manager = people
    first, second = given(here, clerk, manager), given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto("/rectifications/")
    page.click("[data-beside-toggle]")
    for rectification, _following in ((first, second), (second, None)):
        page.wait_for_selector(f"#bench[data-number='{rectification.pk}']")
        page.wait_for_function("document.activeElement.matches('[data-first-fault]')")
        page.keyboard.type(good_mobile())
        page.click("#bench [name=will][value=call]")
        page.click("#bench [name=confirmed]")
        page.locator("#beside [data-key=s]").evaluate("button => button.click()")
        page.wait_for_selector(f"tr[data-pk='{rectification.pk}'].zx-row-done")
    page.wait_for_selector("#beside .zx-empty")
    assert page.url.split("?")[0].endswith("/rectifications/")
    assert {row.state for row in Rectification.objects.all()} == {State.IN_REVIEW}


def test_a_refusal_beside_the_list_stands_there_and_what_was_typed_too(site, people):
    here, clerk, manager = people
    rectification = given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/?open={rectification.pk}")
    page.wait_for_selector("#bench")
    page.fill(field_of(rectification), good_mobile())
    page.locator("#beside [data-key=s]").click()
    page.wait_for_selector("#beside [data-refused]")
    assert page.input_value(field_of(rectification)) != ""
    assert Rectification.objects.get().state == State.IN_PROGRESS


def test_the_life_of_a_field_opens_in_place(site, people):
    here, clerk, manager = people
    rectification = given(here, clerk, manager)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/{rectification.pk}/")
    page.click("[data-past]")
    page.wait_for_selector("[id^=past-] p, [id^=past-] ol")
    assert page.url.endswith(f"/rectifications/{rectification.pk}/")


def test_digits_go_to_faults_n_and_p_to_neighbours_and_t_turns_the_image(site, people):
    here, clerk, manager = people
    customer = defective(here, address="江苏省南京市玄武区锦绣花园东侧")
    row = Rectification.objects.get(customer=customer)
    first = assign_rectification(rectification=row, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    second = given(here, clerk, manager)
    add_evidence(rectification=first, name="a.png", content=image(size=(60, 40)), actor=clerk.fresh(), at=AT)
    page = site.logged_in(clerk.staff)
    page.goto(f"/rectifications/{first.pk}/")
    for key in "12":
        page.keyboard.press(key)
        focused = page.evaluate("document.activeElement.closest('[data-fault]').querySelector('h2').id")
        assert focused == page.locator("[data-fault] h2").nth(int(key) - 1).get_attribute("id")
        page.keyboard.press("Escape")
    page.wait_for_function("document.querySelector('[data-viewer] img').naturalWidth > 0")
    page.keyboard.press("t")
    assert "rotate(90deg)" in page.locator("[data-viewer] img").first.get_attribute("style")
    page.keyboard.press("n")
    page.wait_for_url(f"**/rectifications/{second.pk}/")
    page.keyboard.press("p")
    page.wait_for_url(f"**/rectifications/{first.pk}/")
