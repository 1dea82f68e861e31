"""The record of what takes long names tests that are there."""

import re

from tests.house.sources import ROOT
from tests.long import RECORD


def test_each_test_on_record_is_there():
    missing = []
    for line in RECORD.read_text().split():
        path, *_classes, name = line.split("::")
        file = ROOT / path
        if not file.is_file() or not re.search(rf"def {name}\(", file.read_text()):
            missing.append(line)
    assert missing == [], "`make test-times` writes the record anew"
