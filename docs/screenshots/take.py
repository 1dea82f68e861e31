"""Takes the README's pictures from the running demo: `python docs/screenshots/take.py`, beside `make run`.

One picture a role at 1366×768 in Chinese, below 300 kB each, written beside this file. The preview of a file
that it uploads is discarded afterwards; nothing else is changed.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREEN = {"width": 1366, "height": 768}
MOST_BYTES = 300_000
HEADS = ("客户号", "归属机构号", "姓名", "性别", "出生日期", "手机号码", "联系地址")
# Columns that such a file has, empty here: no number that could be somebody's.
EMPTY = ("证件类型", "证件号码", "证件有效期止")
PLACE = "江苏省南京市玄武区"
ROWS: tuple[tuple[str | float, ...], ...] = (
    ("C90000001", "00320101", "沈嘉禾", "女", "1990-02-30", "13951880427", f"{PLACE}中山路8号2栋301室"),
    ("C90000002", "00320101", "顾明远", "男", "1986-05-17", 13951880428.0, f"{PLACE}新华路16号"),
    ("C90000003", "99999999", "陆清扬", "男", "1991-08-09", "13951880429", f"{PLACE}长江路21号"),
    ("C90000004", "00320101", "苏婉", "女", "1993-03-12", "1395188", f"{PLACE}学府街5号1栋102室"),
    ("C90000005", "00320101", "方若琳", "女", "1988-11-02", "13800138000", f"{PLACE}中山路"),
    ("C90000006", "00320101", "叶之秋", "男", "1979-09-30", "13951880433", f"{PLACE}桂花街7号3栋502室"),
)


def logged_in(browser: Browser, run: dict[str, Any], name: str) -> Page:
    context = browser.new_context(base_url=run["url"], viewport=SCREEN, locale="zh-CN")
    page = context.new_page()
    page.goto("/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", run["accounts"][name]["password"])
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def at(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def workbench(page: Page) -> None:
    """The first that still waits for the clerk's hand."""
    page.goto("/rectifications/")
    page.locator("tr:has(.zx-state--assigned, .zx-state--returned) a[data-open]").first.click()
    page.wait_for_selector("#bench")


def preview(page: Page) -> None:
    workbook = Workbook()
    for row in ((*HEADS, *EMPTY), *ROWS):
        workbook.worksheets[0].append(row)
    with tempfile.TemporaryDirectory() as folder:
        workbook.save(f"{folder}/客户.xlsx")
        page.goto("/imports/")
        page.select_option("#id_kind", "customers")
        page.set_input_files("#id_file", f"{folder}/客户.xlsx")
        page.click("main form[enctype] .zx-btn--primary")
        page.wait_for_selector("form[action$='/confirm/']", timeout=60_000)


def discard(page: Page) -> None:
    if page.locator("#discard").count():
        page.click("[data-dialog=discard]")
        page.click("#discard .zx-btn--danger")
        page.wait_for_url(lambda url: url.endswith("/imports/"))


PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "clerk-queue": ("clerk", at("/rectifications/")),
    "clerk-workbench": ("clerk", workbench),
    "clerk-import": ("clerk", preview),
    "manager-board": ("manager", at("/board/")),
    "compliance-performance": ("compliance", at("/performance/")),
    "auditor-findings": ("auditor", at("/findings/")),
    "partner-rectifications": ("partner", at("/rectifications/")),
    "admin-staff": ("admin", at("/staff/")),
}


def small(png: bytes) -> bytes:
    """Few colours are enough for a screen of text."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(192).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    run = json.loads((Path(os.environ.get("VAR_DIR", ROOT / "var")) / "run.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (who, go) in PICTURES.items():
            page = logged_in(browser, run, who)
            go(page)
            page.wait_for_load_state("networkidle")
            png = small(page.screenshot())
            discard(page)
            page.context.close()
            if len(png) > MOST_BYTES:
                sys.exit(f"{name}.png: {len(png)} bytes are more than {MOST_BYTES}")
            (FOLDER / f"{name}.png").write_bytes(png)
            sys.stdout.write(f"{name}.png {len(png) // 1024} kB\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
