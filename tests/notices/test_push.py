"""Group chats: what is pushed, when it is quiet, and that the secret of an address is never told."""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.notices.robots import listening
from workplace import chat
from workplace.models import Notice, NoticePreference, PushTarget
from workplace.operations.notices import notify
from workplace.operations.pushing import (
    PushRefused,
    is_quiet,
    push_notices,
    save_push_target,
    try_push_target,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # in Shanghai
TOKEN = "abcdef0123456789" * 4
DINGTALK = f"dingtalk://{TOKEN}/"
WECOM = "wecombot://0a1b2c3d-4e5f-6789-abcd-ef0123456789/"
FEISHU = "feishu://0a1b2c3d-4e5f-6789-abcd-ef0123456789/"


@pytest.fixture(autouse=True)
def for_real(settings):
    settings.DEMO = False


@pytest.fixture
def robot():
    with listening() as found:
        yield found


@pytest.fixture
def group(clerk, manager, administrator):
    for person in (clerk, manager):
        NoticePreference.objects.create(staff=person.staff, push=True)
    return save_push_target(
        target=None,
        name="临江作业群",
        address=DINGTALK,
        staff=[clerk.staff, manager.staff],
        active=True,
        actor=administrator.staff,
        at=NOON,
    )


def tell(*people, key="1", at=NOON, **values):
    detail = {"count": 1, "number": f"R-{key}", "by": "张主管"}
    notify(recipients=people, kind="assigned", key=key, detail=detail, at=at, **values)


def test_one_message_names_each_line_once_with_all_whom_it_is_for(robot, group, clerk, manager):
    tell(clerk.staff, manager.staff)
    tell(clerk.staff, key="2")
    assert push_notices(at=NOON) == 3
    (text,) = robot.texts
    assert (text.count("R-1"), text.count("R-2"), "段作业、张主管" in text) == (1, 1, True)
    assert push_notices(at=NOON) == 0
    assert len(robot.got) == 1
    group.refresh_from_db()
    assert (group.last_sent_at, group.last_error) == (NOON, "")


@pytest.mark.parametrize("address", [WECOM, FEISHU])
def test_the_other_two_chats_work_as_well(address, robot, group, clerk):
    PushTarget.objects.filter(pk=group.pk).update(address=address)
    robot.answer = {"code": 0, "errcode": 0}
    tell(clerk.staff)
    assert push_notices(at=NOON) == 1
    assert "R-1" in str(robot.got)


def test_who_does_not_want_it_is_left_out(robot, group, clerk, manager):
    NoticePreference.objects.filter(staff=clerk.staff).update(push=False)
    tell(clerk.staff, manager.staff)
    assert push_notices(at=NOON) == 1
    assert "段作业" not in robot.texts[0]


def test_quiet_hours_put_it_off_and_do_not_lose_it(robot, group, clerk):
    NoticePreference.objects.filter(staff=clerk.staff).update(quiet_from=time(11, 30), quiet_to=time(13))
    tell(clerk.staff, urgent=True)
    assert push_notices(at=NOON) == 0
    assert push_notices(at=NOON + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [(time(20, 59), False), (time(21), True), (time(0), True), (time(6, 59), True), (time(7), False)],
)
def test_quiet_hours_lie_across_midnight(moment, quiet):
    preference = NoticePreference(quiet_from=time(21), quiet_to=time(7))
    assert is_quiet(preference, moment) is quiet


def test_neither_what_was_read_nor_what_is_old_is_pushed(robot, group, clerk):
    tell(clerk.staff, key="read")
    Notice.objects.update(read_at=NOON)
    tell(clerk.staff, key="old", at=NOON - timedelta(days=3))
    assert push_notices(at=NOON) == 0


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"errcode": 310000, "errmsg": f"token {TOKEN} is not exist"}, "310000 token *** is not exist"),
        (500, {}, "HTTP 500"),
        (200, {"code": 9499, "msg": "Bad Request"}, "9499 Bad Request"),
    ],
)
def test_a_refusal_stands_on_the_row_without_the_secret_and_is_tried_again(
    status, answer, said, robot, group, clerk, caplog
):
    robot.status, robot.answer = status, answer
    tell(clerk.staff)
    assert push_notices(at=NOON) == 0
    group.refresh_from_db()
    assert group.last_error == said
    assert TOKEN not in caplog.text
    robot.status, robot.answer = 200, {"errcode": 0}
    assert push_notices(at=NOON) == 1
    group.refresh_from_db()
    assert group.last_error == ""


def test_a_trial_says_who_tried(robot, group, administrator):
    assert try_push_target(target=group, actor=administrator.staff, at=NOON) is True
    assert "吴管理" in robot.texts[0]


def test_a_demo_pushes_nothing(robot, group, clerk, administrator, settings):
    settings.DEMO = True
    tell(clerk.staff)
    assert push_notices(at=NOON) == 0
    assert try_push_target(target=group, actor=administrator.staff, at=NOON) is False
    assert robot.got == []


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/x",
        "http://127.0.0.1:9000/",
        "dingtalk://",
        "mailto://a:b@c.de",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_leads_anywhere_else_is_refused(address, group, administrator):
    with pytest.raises(PushRefused) as refused:
        save_push_target(
            target=group,
            name="x",
            address=address,
            staff=[],
            active=True,
            actor=administrator.staff,
            at=NOON,
        )
    assert refused.value.field == "address"


def test_the_address_as_the_chats_own_page_gives_it_will_do():
    assert chat.is_address(f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}")
    assert chat.is_address(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-4e5f-6789-abcd-ef0123456789"
    )
    assert chat.is_address(
        "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-4e5f-6789-abcd-ef0123456789"
    )


def test_starting_up_does_not_wait_for_apprise():
    code = "import sys, django; django.setup(); import config.urls; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
