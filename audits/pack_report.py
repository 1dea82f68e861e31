"""The report of a draw: inside the pack to be read, and as a paper with the pack's seal to be signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

from audits.concluding import together
from audits.models import EvidencePack, SamplingRun
from audits.paper import heading, printed, ruled, titled, words
from audits.sampling.choices import RunState, RunVerdict
from audits.templatetags.rates import measured, percent

README = """抽样证据包 / Evidence pack of a sample

核对：安装 Python 3.8 及以上（不需要其他软件），在本文件夹中运行
    python3 -I verify.py . --seal HEAD
HEAD 是批次页面和签字报告上的 64 位封存值。最后一行为 PASS（一致）或 FAIL（不一致）。
不带 --seal 时，程序会说明它无法分辨整包重做的情形。
没有最后一行 PASS 即为不一致：verify.py 开头几行若被改坏，Python 只会报错（退出码 1），不会显示 FAIL。
先确认程序本身：verify.py 的 SHA-256 印在签字报告上（Linux：sha256sum verify.py；
Windows：certutil -hashfile verify.py SHA256），或改用另行保存的 verify.py。

To verify: with Python 3.8 or newer and nothing else, run in this folder
    python3 -I verify.py . --seal HEAD
HEAD is the seal of 64 characters on the draw's page and in its signed report.
The last line says PASS or FAIL. Without --seal it says that a pack made anew cannot be told apart.
Nothing but PASS is a pass: where the first or last lines of verify.py itself are spoilt, Python may refuse
to read it (exit code 1) instead of letting it say FAIL. Check the program first: the SHA-256 of verify.py
stands in the signed report (sha256sum verify.py; on Windows certutil -hashfile verify.py SHA256), or run
a copy of verify.py that you kept yourself.

plan.json         抽样计划及各版本 / the plan, every version
approvals.json    谁何时编写、批准、开启、给种子、撤回、结论 / who did which step when
seals.json        封存链 / the sealed chain
commitment.json   种子两部分、框摘要、种子 / both parts of the seed, the frame's digest, the seed
frame.tsv         抽样框：号码、层 / the frame: number and stratum
draws.json        本计划所有批次，含已撤回的 / every draw of the plan, withdrawn ones too
items.json        样本件及结论 / the items and how they came out
checklists.json   检查清单 / the checklist
results.json      计数、错误率、界、结论、逐件核对结论 / counts, rates, bounds, verdict, each review
corrections.json  问题、整改、更正、责任追究 / findings, rectifications, corrections, accountability
manifest.json     各文件 SHA-256 / the hash of each file
seal.json         清单的封存 / the seal of the manifest

包内没有客户的个人信息，只有保单号等编号。/ No customer's personal data, only numbers of policies.
"""


def report_html(run: SamplingRun, contents: Mapping[str, Any], at: datetime) -> str:
    """Stands alone; names the head of the chain before the pack, its own seal comes after it."""
    with override(settings.LANGUAGE_CODE):
        seals = contents["seals.json"]["seals"]
        context = {
            "run": run,
            "at": at,
            "results": contents["results.json"],
            "heads": heads(),
            "commitment": contents["commitment.json"],
            "draws": [(one, str(RunState(one["state"]).label)) for one in contents["draws.json"]["draws"]],
            "corrections": contents["corrections.json"],
            "head": seals[-1] if seals else None,
            "rates": _rates(contents["results.json"]["figures"]),
            "said": _said(contents["results.json"]),
        }
        return render_to_string("audits/pack_report.html", context)


def report_pdf(pack: EvidencePack) -> bytes:
    """What the pack itself says, with the seal by which it is known; in the language of documents."""
    assert pack.file is not None  # noqa: S101 - the page offers none without
    with pack.file.content.open("rb") as file, ZipFile(file) as archive:
        names = ("results.json", "commitment.json", "draws.json", "corrections.json")
        contents = {name: json.loads(archive.read(name)) for name in names}
        verifier = hashlib.sha256(archive.read("verify.py")).hexdigest()
    with override(settings.LANGUAGE_CODE):
        title = _("Report of a sampling audit")
        name = f"{pack.run.plan.name} {pack.run.period}"
        story = [*_story(title, name, contents), KeepTogether(_sealed(pack, verifier))]
        return printed(story, title=f"{title} {name}", author="")


def _story(title: str, name: str, contents: Mapping[str, Any]) -> list[Any]:
    results, said = contents["results.json"], contents["commitment.json"]
    draws, corrections = contents["draws.json"]["draws"], contents["corrections.json"]
    withdrawn = sum(one["state"] == "withdrawn" for one in draws)
    return [
        *titled(title, name),
        heading(_("Result")),
        *(_label(name, value) for name, value in _said(results)),
        _table(_rates(results["figures"])),
        heading(_("How it was drawn")),
        _label(_("Frame"), f"{said['frame_size']:,} · {said['frame_digest']}"),
        _label(_("Machine's part"), said["machine_part"]),
        _label(_("Approver's part"), f"{said['approver_part']} ({said['seeded_by']})"),
        _label(_("Seed"), said["seed"]),
        _label(
            _("Draws of the plan"),
            _("%(all)s, of which %(withdrawn)s withdrawn") % {"all": len(draws), "withdrawn": withdrawn},
        ),
        heading(_("What followed")),
        _label(_("Findings"), str(len(corrections["findings"]))),
        _label(_("Rectifications"), str(len(corrections["rectifications"]))),
        _label(_("Accepted corrections"), str(_accepted(corrections))),
        _label(_("Held to account"), str(len(corrections["accountable"]))),
    ]


def _accepted(corrections: Mapping[str, Any]) -> int:
    return sum(one["state"] == "accepted" for one in corrections["corrections"])


def _sealed(pack: EvidencePack, verifier: str) -> list[Any]:
    right = {"alignment": TA_RIGHT}
    day = localtime(pack.made_at).strftime("%Y-%m-%d %H:%M")
    return [
        heading(_("Seal of the evidence pack (HEAD)")),
        words(pack.seal.digest, fontSize=10.5),
        _label(_("SHA-256 of the manifest"), pack.manifest_digest),
        _label(_("SHA-256 of verify.py"), verifier),
        _label(_("Place in the chain"), str(pack.seal.place)),
        _label(_("Made"), f"{pack.made_by.name if pack.made_by else ''} {day}"),
        words(_("Check it with: python3 -I verify.py PACK --seal HEAD")),
        Spacer(0, 10 * mm),
        words(_("Head of compliance (signature)") + "________________", **right),
        words(_("Date") + pgettext("after a label", ": ") + "________________", **right),
    ]


def _label(name: str, value: str) -> Paragraph:
    return words(name + pgettext("after a label", ": ") + value)


def _verdict(results: Mapping[str, Any]) -> str:
    """The concluded one, or that there is none yet."""
    if not results["concluded"]:
        return _("not concluded yet")
    return str(RunVerdict(results["conclusions"][-1]["verdict"]).label)


def _said(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The verdict and what it was measured against; a sample that was extended proves less."""
    looks, confidence = len(results["conclusions"]), results["confidence"]
    all_looks = _("Confidence of all %(n)s conclusions together, at least") % {"n": looks}
    return [
        (_("Verdict"), _verdict(results)),
        (_("Untrue at most, as proven"), measured(results["figures"]["below"], 4)),
        (_("Tolerable rate"), percent(results["tolerable"])),
        (_("Confidence"), percent(confidence)),
        *([(all_looks, percent(together(looks, confidence)))] if looks > 1 else []),
    ]


def _rates(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The whole first, then strata, then fields."""
    lines = [(pgettext("of a sample", "Whole"), figures["whole"])]
    lines += [(one["label"], one) for one in (*figures["strata"], *figures["fields"])]
    return [
        (
            name,
            f"{one['frame']:,}",
            str(_decided(one["count"])),
            str(_wrong(one["count"])),
            measured(one["rate"]),
            f"{measured(one['lower'])} – {measured(one['upper'])}",
        )
        for name, one in lines
    ]


def _wrong(count: Mapping[str, int]) -> int:
    return count["missing"] + count["false"] + count["changed"]


def _decided(count: Mapping[str, int]) -> int:
    return count["right"] + _wrong(count)


def heads() -> tuple[str, ...]:
    """Of the table of rates, in the language of documents when called there."""
    part, rate = pgettext("of a sample", "Part"), pgettext("of errors", "Rate")
    return part, _("In the frame"), _("Reviewed"), _("Untrue"), rate, _("Bounds")


def _table(rates: list[tuple[str, ...]]) -> Table:
    widths = [width * mm for width in (52, 18, 18, 14, 20, 38)]
    return ruled(heads(), rates, widths, numbers=range(1, len(widths)))
