"""The administrator's page of group chats; the address goes in and never comes out."""

import pytest
from django.urls import reverse

from tests.notices.test_push import DINGTALK, TOKEN
from workplace.models import PushTarget

pytestmark = pytest.mark.django_db
CHATS = reverse("group_chats")
ADD = reverse("group_chat_add")


def given(clerk, **values):
    return {
        "name": "临江作业群",
        "address": DINGTALK,
        "people": clerk.staff.username,
        "active": "on",
        **values,
    }


def test_the_address_is_never_shown_again_and_kept_when_left_empty(administrator, clerk):
    assert administrator.client.post(ADD, given(clerk)).status_code == 302
    target = PushTarget.objects.get()
    edit = reverse("group_chat", args=[target.pk])
    pages = [administrator.client.get(address).content.decode() for address in (CHATS, edit)]
    assert [TOKEN in text for text in pages] == [False, False]
    administrator.client.post(edit, given(clerk, address="", name="远山"))
    target.refresh_from_db()
    assert (target.name, target.address, list(target.staff.all())) == ("远山", DINGTALK, [clerk.staff])


@pytest.mark.parametrize(
    ("values", "field"),
    [({"address": "json://x"}, "address"), ({"address": ""}, "address"), ({"people": "nobody"}, "people")],
)
def test_what_makes_no_chat_is_refused(values, field, administrator, clerk):
    answer = administrator.client.post(ADD, given(clerk, **values))
    assert list(answer.context["form"].errors) == [field]
    assert TOKEN not in answer.content.decode()
    assert PushTarget.objects.exists() is False


def test_two_of_one_name_are_refused(administrator, clerk):
    administrator.client.post(ADD, given(clerk))
    assert list(administrator.client.post(ADD, given(clerk)).context["form"].errors) == ["name"]


def test_it_is_for_administrators(clerk, manager, administrator):
    administrator.client.post(ADD, given(clerk))
    target = PushTarget.objects.get()
    for other in (clerk, manager):
        assert other.client.get(CHATS).status_code == 403
        assert other.client.post(reverse("group_chat_try", args=[target.pk])).status_code == 403


def test_a_trial_in_the_demo_says_that_nothing_goes_out(administrator, clerk):
    administrator.client.post(ADD, given(clerk))
    administrator.client.cookies["django_language"] = "en"
    trial = reverse("group_chat_try", args=[PushTarget.objects.get().pk])
    assert "nothing is sent out" in administrator.client.post(trial, follow=True).content.decode()
