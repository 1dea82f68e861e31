"""Nothing that we ship mentions the workshop it was made in."""

import re
from pathlib import Path

from tests.house.sources import shown, tracked_files

# Each word with one letter in brackets, so that this file passes its own check.
FORBIDDEN = re.compile(
    "claud[e]|anthropi[c]|chatgp[t]|open[a]i|subagen[t]|/wor[k]/|/tm[p]/brief|/tm[p]/bash_jobs", re.IGNORECASE
)
LEFT_OVER = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)


def mentions(text: str) -> list[str]:
    return sorted({match[0].lower() for match in [*FORBIDDEN.finditer(text), *LEFT_OVER.finditer(text)]})


def text_of(path: Path) -> str:
    return path.read_bytes().decode(errors="ignore")


def test_no_file_mentions_the_workshop():
    files = tracked_files()
    assert len(files) > 50
    assert {shown(path): words for path in files if (words := mentions(text_of(path)))} == {}


def test_the_check_sees_a_mention():
    workshop = "work".join("//")
    assert mentions(f"made in {workshop}main") == [workshop]
    assert mentions("the workplace/ app works with /workplace/files") == []
