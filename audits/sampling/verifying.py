"""Verifies an evidence pack away from the product: python3 -I verify.py FOLDER_OR_ZIP [--seal HEAD]

核对证据包，不依赖本系统，只用 Python 标准库（3.8 及以上）。HEAD 是签字报告与批次页面上的封存值。
Draws the sample anew from the exported frame, recomputes every bound and follows every seal.
The last line is PASS or FAIL; the exit code 0 or 1.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from audits.sampling.packed import NotTrue, content_of, must, pack_at, said_in, same
from audits.sampling.results import Count, Counted, results_of
from audits.sampling.sealing import (
    FIRST,
    canonical,
    conclusion_sealed,
    digest_of,
    frame_sealed,
    items_sealed,
    seal_digest,
    seed_sealed,
    substitution_sealed,
    withdrawal_sealed,
)
from audits.sampling.selection import ALGORITHM, blocks_of, counts_of, draw, in_order, seal_of, seed_of

MANIFEST, SEAL = "manifest.json", "seal.json"
SEAL_FIELDS = ("place", "kind", "subject", "content", "previous", "digest", "sealed_at")
COUNTED = {"no_contact": "unknown"}
STEPS = ("machine_part", "frame", "seed", "draw")
"""In this order a draw is sealed, so that nobody knows what comes later."""
LATER = ("extension", "substitution", "withdrawal", "conclusion", "pack")


def check_files(pack: Any) -> str:
    """Every file stands in the manifest with its hash, and nothing else is there."""
    listed = said_in(pack, MANIFEST)["files"]
    names = set(pack.names()) - {MANIFEST, SEAL}
    must(
        names == set(listed),
        f"files that the manifest does not name, or names in vain: {sorted(names ^ set(listed))}",
    )
    for name in sorted(listed):
        digest = hashlib.sha256()
        with pack.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        must(digest.hexdigest() == listed[name], f"{name} is not as it was packed")
    return f"{len(listed)} files"


def check_seal(pack: Any, head: str) -> str:
    """The seal covers the manifest and follows from the chain; only HEAD tells it from one made anew."""
    raw = content_of(pack, SEAL)
    seal = json.loads(raw.decode("utf-8"))
    must(raw == canonical(seal) + b"\n" and set(seal) == set(SEAL_FIELDS), "seal.json has another shape")
    must(seal["content"] == digest_of(content_of(pack, MANIFEST)), "the seal is of another manifest")
    must((seal["kind"], seal["subject"]) == ("pack", _draw_of(pack)["subject"]), "the seal is no pack's")
    must(seal["digest"] == _digest_of_seal(seal), "the seal's digest is not its own")
    chain = said_in(pack, "seals.json")["seals"]
    last = chain[-1] if chain else {"place": seal["place"] - 1, "digest": seal["previous"]}
    must((last["place"] + 1, last["digest"]) == (seal["place"], seal["previous"]), "the chain ends elsewhere")
    if not head:
        return "NOT compared with HEAD: without --seal a pack that was made anew cannot be told apart"
    must(
        seal["digest"] == head.strip().lower(), "the pack was sealed otherwise; its seal is " + seal["digest"]
    )
    return "the one that HEAD names"


def _digest_of_seal(seal: Mapping[str, Any]) -> str:
    names = ("place", "kind", "subject", "content", "previous", "sealed_at")
    return seal_digest(**{name: seal[name] for name in names})


def check_chain(pack: Any) -> str:
    """Every seal's digest is its own, and names the one before it."""
    chain = said_in(pack, "seals.json")["seals"]
    for place, seal in enumerate(chain):
        name = "seal " + str(seal["place"])
        must(seal["digest"] == _digest_of_seal(seal), f"{name} is not as it was sealed")
        before = chain[place - 1] if place else None
        if before is not None:
            linked = (before["place"] + 1, before["digest"]) == (seal["place"], seal["previous"])
            must(linked, f"{name} does not follow from the one before")
        elif seal["place"] == 1:
            must(seal["previous"] == FIRST, "the first seal names one before it")
    return f"{len(chain)} seals"


def check_plan(pack: Any) -> str:
    """The version that was drawn by says what was sealed when it was approved, before the draw was opened."""
    plan, chain = said_in(pack, "plan.json"), said_in(pack, "seals.json")["seals"]
    one = _draw_of(pack)
    said = [
        each["definition"] for each in plan["versions"] if each["definition"]["version"] == one["version"]
    ]
    must(len(said) == 1 and plan["used"] == one["version"], "the version that was drawn by is not told")
    digest = digest_of(canonical(said[0]))
    sealed = [
        seal["place"]
        for seal in chain
        if (seal["kind"], seal["subject"], seal["content"]) == ("plan", "plan:" + plan["code"], digest)
    ]
    opened = [seal["place"] for seal in chain if seal["subject"] == one["subject"]]
    must(bool(sealed) and min(sealed) < min(opened), "the plan is not as it was approved")
    return "version " + str(plan["used"])


def _definition_of(pack: Any) -> Any:
    """The version that was drawn by; `check_plan` says whether it is the sealed one."""
    plan = said_in(pack, "plan.json")
    return next(one["definition"] for one in plan["versions"] if one["definition"]["version"] == plan["used"])


def _draw_of(pack: Any) -> Any:
    """The draw that this pack is about, among all of its plan."""
    wanted = said_in(pack, "commitment.json")["draw"]
    return next(each for each in said_in(pack, "draws.json")["draws"] if each["id"] == wanted)


def check_draws(pack: Any) -> str:
    """Every draw ever made for the plan: both parts, its seed, and each of its steps as it was sealed."""
    draws = said_in(pack, "draws.json")["draws"]
    contents = _contents_by_subject(said_in(pack, "seals.json")["seals"])
    for one in draws:
        name = "draw " + str(one["id"])
        if one["machine_part"]:
            must(
                seal_of(one["machine_part"]) == one["machine_seal"], name + ": the machine's part is another"
            )
        must(one["algorithm"] == ALGORITHM, name + ": drawn by another algorithm")
        if one["seed"]:
            must(one["seed"] == _seed_of_draw(one), name + ": the seed does not follow from its parts")
        sealed, expected = contents.get(one["subject"], {}), _sealed_of_draw(one)
        for kind in (*STEPS, *LATER[:3]):
            must(
                _in_turn(kind, sealed.get(kind, [])) == _in_turn(kind, expected.get(kind, [])),
                f"{name}: {kind} is not as it was sealed",
            )
        steps = [kind for kind in sealed if kind in STEPS]
        must(steps == list(STEPS[: len(steps)]), name + ": its steps were not sealed in turn")
        must(set(sealed) <= {*STEPS, *LATER}, name + ": something else was sealed")
    withdrawn = sum(one["state"] == "withdrawn" for one in draws)
    return f"{len(draws)} draws, {withdrawn} withdrawn"


def _in_turn(kind: str, contents: Iterable[str]) -> list[str]:
    """Substitutions of one moment come in no order of their own."""
    return sorted(contents) if kind == "substitution" else list(contents)


def _contents_by_subject(chain: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for seal in chain:
        found.setdefault(seal["subject"], {}).setdefault(seal["kind"], []).append(seal["content"])
    return found


def _seed_of_draw(one: Mapping[str, Any]) -> str:
    return seed_of(
        machine_part=one["machine_part"],
        approver_part=one["approver_part"],
        frame_digest=one["frame_digest"],
        algorithm=one["algorithm"],
    )


def _sealed_of_draw(one: Mapping[str, Any]) -> dict[str, list[str]]:
    """By kind of seal, the digests of what this draw must have sealed, in order."""
    found: dict[str, list[bytes]] = {}
    strata = [(each["key"], each["size"], each["quota"]) for each in one["strata"]]
    if one["frame_digest"]:
        size = one["frame_size"]
        found["frame"] = [frame_sealed(digest=one["frame_digest"], size=size, strata=strata)]
    if one["seed"]:
        parts = {"machine_part": one["machine_part"], "approver_part": one["approver_part"]}
        found["seed"] = [
            seed_sealed(seed=one["seed"], frame=one["frame_digest"], by=one["seeded_by"], **parts)
        ]
    of_item = {item["key"]: (item["stratum"], item["place"], item["key"]) for item in one["items"]}
    for kind, origin in (("draw", "drawn"), ("extension", "extension")):
        batches = _batches(one["items"], origin)
        found[kind] = [
            items_sealed(seed=one["seed"], items=[of_item[key] for key in keys]) for keys in batches
        ]
    found["substitution"] = [
        substitution_sealed(
            seed=one["seed"],
            item=of_item[item["key"]],
            stands_for=of_item[item["stands_for"]],
            reason=item["reason"],
        )
        for item in sorted(one["items"], key=lambda item: str(item["added_at"]))
        if item["origin"] == "substitute"
    ]
    if one["state"] == "withdrawn":
        found["withdrawal"] = [withdrawal_sealed(reason=one["withdrawal_reason"], by=one["withdrawn_by"])]
    digests = {kind: [digest_of(content) for content in contents] for kind, contents in found.items()}
    return {**digests, "machine_part": [one["machine_seal"]]}


def _batches(items: Iterable[Mapping[str, Any]], origin: str) -> list[list[str]]:
    """Keys that came in together, by the time at which they were added."""
    found: dict[str, list[str]] = {}
    for item in items:
        if item["origin"] == origin:
            found.setdefault(item["added_at"], []).append(item["key"])
    return [found[added_at] for added_at in sorted(found)]


def check_sample(pack: Any) -> str:
    """The frame is the sealed one, and drawing from it anew gives the same keys in the same order."""
    said, one = said_in(pack, "commitment.json"), _draw_of(pack)
    must(
        all(said[name] == one[name] for name in said if name != "draw"),
        "commitment.json tells of another draw",
    )
    digest = hashlib.sha256()
    with pack.open("frame.tsv") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    must(digest.hexdigest() == one["frame_digest"], "the frame is not the sealed one")
    sizes = {each["key"]: each["size"] for each in one["strata"]}
    with pack.open("frame.tsv") as file:
        must(counts_of(blocks_of(file)) == {key: size for key, size in sizes.items() if size}, "strata")
    with pack.open("frame.tsv") as file:
        must(in_order(blocks_of(file)), "the frame is not in order")
    items = said_in(pack, "items.json")["items"]
    must(_places(items) == _places(one["items"]), "items.json tells of other items")
    found = _keys_by_place(items, sizes)
    quotas = {key: len(keys) for key, keys in found.items()}

    def blocks() -> Iterable[bytes]:
        with pack.open("frame.tsv") as file:
            yield from blocks_of(file)

    anew = draw(blocks, seed=one["seed"], quotas=quotas, sizes=sizes)
    must(anew == {key: keys for key, keys in found.items() if keys}, "drawing anew gives other items")
    for each in one["strata"]:
        key = each["key"]
        drawn = [item for item in items if item["stratum"] == key and item["origin"] == "drawn"]
        must(len(drawn) == each["quota"], f"stratum {key} has another quota")
        must(all(item["place"] <= each["quota"] for item in drawn), "a drawn item is out of its place")
    return str(len(items)) + " items of " + str(one["frame_size"])


def _places(items: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    names = ("stratum", "place", "key", "origin", "stands_for", "reason")
    return sorted(tuple(str(item[name]) for name in names) for item in items)


def _keys_by_place(items: Iterable[Mapping[str, Any]], sizes: Mapping[str, int]) -> dict[str, list[str]]:
    """Of each stratum the keys by place; places run on from 1 without a gap."""
    found: dict[str, dict[int, str]] = {key: {} for key in sizes}
    for item in items:
        must(item["stratum"] in found, "an item of no stratum")
        must(item["place"] not in found[item["stratum"]], "two items in one place")
        found[item["stratum"]][item["place"]] = item["key"]
    for key, by_place in found.items():
        must(sorted(by_place) == list(range(1, len(by_place) + 1)), f"places of {key} are not in a row")
    return {key: [by_place[place] for place in sorted(by_place)] for key, by_place in found.items()}


def check_results(pack: Any) -> str:
    """Counts by item give the counts of the strata, and those the rates, bounds and verdict that are told."""
    said = said_in(pack, "results.json")
    items = said_in(pack, "items.json")["items"]
    strata = [_counted(one) for one in said["counts"]]
    for name, told in (("tolerable_rate", said["tolerable"]), ("confidence", said["confidence"])):
        must(same(float(_definition_of(pack)[name]), told), name + " is not that of the plan")
    for one in strata:
        outcomes = [item["outcome"] for item in items if item["stratum"] == one.key]
        must(_count(outcomes) == one.items, f"stratum {one.key} was counted otherwise")
        fields = _fields_counted(said["reviews"], items, one.key)
        must(fields == dict(one.fields), f"fields of stratum {one.key} were counted otherwise")
    sizes = {one["key"]: one["size"] for one in said_in(pack, "commitment.json")["strata"]}
    must({one.key: one.size for one in strata} == sizes, "strata are counted that were not drawn")
    anew = results_of(strata, confidence=said["confidence"], tolerable=said["tolerable"])
    must(same(json.loads(json.dumps(anew.to_json())), said["figures"]), "the figures come out otherwise")
    sealed = _contents_by_subject(said_in(pack, "seals.json")["seals"]).get(_draw_of(pack)["subject"], {})
    must(sealed.get("conclusion", []) == _conclusions_sealed(said), "a conclusion is not as it was sealed")
    if said["concluded"]:
        must(same(said["conclusions"][-1]["figures"], said["figures"]), "the conclusion is of other counts")
    return f"{anew.verdict}, below {100.0 * anew.below:.4f} %"


def _conclusions_sealed(said: Mapping[str, Any]) -> list[str]:
    """What each conclusion must have sealed, in order."""
    for past in said["conclusions"]:
        must(past["verdict"] == past["figures"]["verdict"], "a verdict is not that of its figures")
    return [
        digest_of(conclusion_sealed(figures=past["figures"], verdict=past["verdict"], by=past["by"]))
        for past in said["conclusions"]
    ]


def _counted(said: Mapping[str, Any]) -> Counted:
    fields = {one["field"]: Count(**one["count"]) for one in said["fields"]}
    return Counted(said["key"], said["label"], said["size"], Count(**said["items"]), fields)


def _fields_counted(
    reviews: Iterable[Mapping[str, Any]], items: Iterable[Mapping[str, Any]], stratum: str
) -> dict[str, Count]:
    """Of each item the first review whose outcome is the item's; what nobody could read is unknown."""
    outcomes = {item["key"]: item["outcome"] for item in items if item["stratum"] == stratum}
    found: dict[str, dict[str, int]] = {}
    taken: set[str] = set()
    for review in sorted(reviews, key=lambda one: (one["key"], one["round"])):
        key = review["key"]
        if key in taken or review["outcome"] != outcomes.get(key):
            continue
        taken.add(key)
        for one in review["fields"]:
            name = (one["role"] + "." + one["field"]).lstrip(".")
            if one["role"] != "told" and not one["field"].startswith("image_"):
                came_out = "unknown" if one["verdict"] == "illegible" else one["error"] or "right"
                by_name = found.setdefault(name, {})
                by_name[came_out] = by_name.get(came_out, 0) + 1
    return {name: Count(**counts) for name, counts in found.items()}


def _count(outcomes: Sequence[str]) -> Count:
    found: dict[str, int] = {}
    for outcome in outcomes:
        name = COUNTED.get(outcome, outcome)
        found[name] = found.get(name, 0) + 1
    return Count(**found)


def verified(path: str, head: str, say: Callable[[str], Any]) -> bool:
    """Says each check with what it found; true when all hold."""
    pack, holds = pack_at(path), True
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("manifest 清单", lambda: check_files(pack)),
        ("seal 封存", lambda: check_seal(pack, head)),
        ("chain 封存链", lambda: check_chain(pack)),
        ("plan 计划", lambda: check_plan(pack)),
        ("draws 批次", lambda: check_draws(pack)),
        ("sample 样本重抽", lambda: check_sample(pack)),
        ("results 结果重算", lambda: check_results(pack)),
    )
    for name, check in checks:
        try:
            say(f"ok    {name}: {check()}")
        except NotTrue as fault:
            holds = False
            say(f"WRONG {name}: {fault}")
        except Exception as fault:  # noqa: BLE001 - a spoilt file may break anything, and is a fault of the pack
            holds = False
            say(f"WRONG {name}: unreadable ({type(fault).__name__})")
    return holds


def say(text: str) -> None:
    """Chinese too, or as far as this machine's terminal knows it."""
    coding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(coding, "replace").decode(coding) + "\n")


def main(arguments: Sequence[str]) -> int:
    rest = list(arguments)
    head = ""
    if "--seal" in rest:
        place = rest.index("--seal")
        head = " ".join(rest[place + 1 : place + 2])
        if len(head.strip()) != 64:
            say("WRONG --seal: HEAD has 64 characters")
            say("FAIL")
            return 1
        del rest[place : place + 2]
    if len(rest) != 1:
        say(str(__doc__))
        say("FAIL")
        return 1
    try:
        holds = verified(rest[0], head, say)
    except (OSError, NotTrue, zipfile.BadZipFile) as fault:
        say(f"WRONG pack: {fault}")
        holds = False
    say("PASS" if holds else "FAIL")
    return 0 if holds else 1
