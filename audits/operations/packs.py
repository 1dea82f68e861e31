"""Evidence packs: everything about a draw in one archive, its manifest sealed as the chain's newest link."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.files.base import File
from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audits.models import EvidencePack, SamplingRun
from audits.operations.seals import SEAL_LOCK, seal
from audits.pack_contents import contents_of, seal_said
from audits.pack_report import README, report_html
from audits.packs import KIND, PACK, key_of, sees_all
from audits.runs import subject_of_run
from audits.sampling.choices import RunState, SealKind
from audits.sampling.sealing import canonical
from audits.sampling.verifier import script
from workplace.choices import FilePurpose
from workplace.jobs import JobRefused, JobRun, start_job
from workplace.models import Job, Staff
from workplace.operations.files import store_file

BLOCK = 1 << 20


class PackRefused(Exception):
    """No pack can be made of this draw, or not by this person; its text says why."""


def start_pack(*, run: SamplingRun, actor: Staff, at: datetime) -> Job:
    """The job that makes it; while one is under way, that one."""
    _check(run, actor)
    return start_job(kind=KIND, parameters={"run": run.pk}, actor=actor, at=at, unique_key=key_of(run))


def run_pack(job: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; killed on the way it has left nothing, for the pack is one transaction."""
    run = SamplingRun.objects.filter(pk=job.parameters["run"]).first()
    if run is None or job.actor is None:
        return {}
    try:
        made = make_pack(run=run, actor=job.actor, at=now())
    except PackRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    return {"pack": made.pk, "head": made.seal.digest}


def make_pack(*, run: SamplingRun, actor: Staff, at: datetime) -> EvidencePack:
    """Seals the manifest last; nobody else seals between the chain's copy in the pack and that."""
    _check(run, actor)
    with tempfile.TemporaryFile() as target, transaction.atomic():
        found = SamplingRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            files = _Files(archive, at)
            files.add_frame(found)
            if files.digests["frame.tsv"] != found.frame_digest:
                raise PackRefused(_("The file of the frame is another one than was sealed."))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [SEAL_LOCK])
            contents = contents_of(found)
            for name, said in contents.items():
                files.add(name, _json(said))
            files.add("report.html", report_html(found, contents, at).encode())
            files.add("README.txt", README.encode())
            files.add("verify.py", script().encode())
            manifest = _json({"files": files.digests})
            files.add("manifest.json", manifest)
            made = seal(
                kind=SealKind.PACK, subject=subject_of_run(found), content=manifest, actor=actor, at=at
            )
            files.add("seal.json", canonical(seal_said(made)) + b"\n")
        target.seek(0)
        day = localtime(at).strftime("%Y%m%d-%H%M%S")
        file = store_file(
            content=File(target),
            name=f"evidence-{found.plan.code}-{found.period}-{day}.zip",
            purpose=FilePurpose.SAMPLE,
            owner=actor,
            at=at,
            media_type="application/zip",
        )
        return EvidencePack.objects.create(
            run=found, file=file, manifest_digest=made.content, seal=made, made_by=actor, made_at=at
        )


class _Files:
    """Writes files into the archive, dated alike, and remembers their digests."""

    def __init__(self, archive: ZipFile, at: datetime) -> None:
        self._archive, self._date = archive, localtime(at).timetuple()[:6]
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self._archive.writestr(self._info(name), content)
        self.digests[name] = hashlib.sha256(content).hexdigest()

    def add_frame(self, run: SamplingRun) -> None:
        """As it was sealed, part by part."""
        file = run.frame_file
        assert file is not None  # noqa: S101 - asked before
        if file.removed_at is not None or not file.content.storage.exists(file.content.name or ""):
            raise PackRefused(_("The file of the frame is gone."))
        digest = hashlib.sha256()
        with file.content.open("rb") as source, self._open("frame.tsv") as target:
            for block in iter(lambda: source.read(BLOCK), b""):
                digest.update(block)
                target.write(block)
        self.digests["frame.tsv"] = digest.hexdigest()

    def _open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._info(name), "w", force_zip64=True)

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, date_time=self._date)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
        return info


def _json(said: Any) -> bytes:
    """For people to read too."""
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _check(run: SamplingRun, actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(PACK):
        raise PackRefused(_("Your role makes no evidence packs."))
    if not sees_all(actor, run) or not SamplingRun.objects.visible_to(actor).filter(pk=run.pk).exists():
        raise PackRefused(_("This draw is outside your scope."))
    drawn = SamplingRun.objects.filter(pk=run.pk, drawn_at__isnull=False, frame_file__isnull=False)
    if not drawn.exclude(state=RunState.SEEDED).exists():
        raise PackRefused(_("The sample is not drawn yet; a pack would prove nothing."))
