"""Who wins between a file and an accepted correction: the field is held until the core returns its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from authenticity.validity import LONG_TERM_TEXT
from workplace.choices import ConflictState, HoldState, LedgerEvent
from workplace.intake.kinds import Row, WriteContext
from workplace.ledger import entry_of, latest_of
from workplace.models import Conflict, Hold, LedgerEntry


def normal_text(code: str, part: Mapping[str, Any]) -> str:
    """The normal form of a field as text, told from its columns; equal to what the corrections keep."""
    if part.get("id_long_term"):
        return LONG_TERM_TEXT
    value = part[code] if code in part else next(iter(part.values()))
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


class HoldBook:
    """The holds on the records of one writing; answers per field, and keeps what must be stored after."""

    def __init__(self, record_kind: str, record_ids: Sequence[int], context: WriteContext) -> None:
        self.context = context
        self.returned: set[int] = set()
        self._ended: list[Hold] = []
        self._raised: list[Conflict] = []
        self._holds: dict[tuple[int, str], Hold] = {}
        if record_kind and record_ids:
            holding = Hold.objects.select_for_update().filter(
                record_kind=record_kind, record_id__in=record_ids, state=HoldState.HOLDING
            )
            self._holds = {(hold.record_id, hold.field): hold for hold in holding.order_by("pk")}
        self._before = self._values_before()
        self._decided = self._decisions()

    def lets_through(self, row: Row, code: str, part: Mapping[str, Any], *, differs: bool) -> bool:
        """Whether the file's value may be written; a held field says on the row why not."""
        hold = self._holds.get((row.record.pk, code))
        if hold is None:
            return True
        value = normal_text(code, part)
        newer = self.context.extracted_at > hold.corrected_at
        if value == hold.held_normal:
            if newer:
                self._return(row, hold)
            return newer
        if value in self._before[hold.pk] or not newer:
            row.note("held", column=code)
        elif (hold.pk, value) in self._decided:
            row.note("decided", column=code)
        else:
            self._raise(row, hold, code, value)
        return False

    def store(self) -> None:
        for hold in self._ended:
            hold.state = HoldState.RELEASED
            hold.ended_at = self.context.at
        Hold.objects.bulk_update(self._ended, ["state", "ended_at"])
        ended = [hold.pk for hold in self._ended]
        open_ones = Conflict.objects.filter(state=ConflictState.OPEN)
        open_ones.filter(hold_id__in=ended).update(state=ConflictState.SUPERSEDED, decided_at=self.context.at)
        for conflict in self._raised:
            older = open_ones.filter(hold_id=conflict.hold_id)
            older.exclude(file_normal=conflict.file_normal).update(
                state=ConflictState.SUPERSEDED, decided_at=self.context.at
            )
        self._enter(
            set(
                open_ones.filter(hold_id__in={one.hold_id for one in self._raised}).values_list(
                    "hold_id", "file_normal"
                )
            )
            if self._raised
            else set()
        )
        Conflict.objects.bulk_create(self._raised, ignore_conflicts=True)

    def _enter(self, known: set[tuple[int, str]]) -> None:
        """A newer file contradicts what was corrected; said once while the conflict is open."""
        fresh = [one for one in self._raised if (one.hold_id, one.file_normal) not in known]
        if not fresh:
            return
        before = latest_of(fresh[0].record_kind, {one.record_id for one in fresh})
        LedgerEntry.objects.bulk_create(
            entry_of(
                kind=one.record_kind,
                record_id=one.record_id,
                field=one.field,
                event=LedgerEvent.CONTRADICTED,
                normal=one.file_normal,
                at=self.context.at,
                by=None,
                contradicts=before.get((one.record_id, one.field)),
                batch=self.context.batch,
            )
            for one in fresh
        )

    def _values_before(self) -> dict[int, set[str]]:
        """What a file may still bring: the value before the first correction and every one corrected since.

        A hold that ended otherwise than by a later correction begins the account anew.
        """
        before = {hold.pk: {hold.before_normal} for hold in self._holds.values()}
        places = Hold.objects.filter(
            record_kind__in={hold.record_kind for hold in self._holds.values()},
            record_id__in={hold.record_id for hold in self._holds.values()},
        )
        earlier: dict[tuple[int, str], set[str]] = {}
        for past in places.exclude(state=HoldState.HOLDING).order_by("pk") if before else ():
            values = earlier.setdefault((past.record_id, past.field), set())
            if past.state == HoldState.REPLACED:
                values |= {past.before_normal, past.held_normal}
            else:
                values.clear()
        for place, hold in self._holds.items():
            before[hold.pk] |= earlier.get(place, set())
        return before

    def _decisions(self) -> set[tuple[int, str]]:
        """Values that a person has already refused for a hold; the next file brings them again."""
        ids = [hold.pk for hold in self._holds.values()]
        kept = Conflict.objects.filter(hold_id__in=ids, state=ConflictState.KEPT) if ids else []
        return {(conflict.hold_id, conflict.file_normal) for conflict in kept}

    def _return(self, row: Row, hold: Hold) -> None:
        self.returned.add(row.record.pk)
        self._ended.append(hold)
        row.note("returned", column=hold.field)

    def _raise(self, row: Row, hold: Hold, code: str, value: str) -> None:
        row.note("conflict", column=code)
        self._raised.append(
            Conflict(
                record_kind=hold.record_kind,
                record_id=hold.record_id,
                field=code,
                hold=hold,
                batch=self.context.batch,
                file_raw=row.written.get(code, ""),
                file_normal=value,
                extracted_at=self.context.extracted_at,
                raised_at=self.context.at,
            )
        )
