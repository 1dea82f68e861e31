"""Under which account a server runs: ours, or for root one without rights."""

import functools
import os
import pwd
import subprocess
from pathlib import Path
from typing import Any, NamedTuple


class ServiceError(Exception):
    """A server cannot be started; the message says what to do."""


class Account(NamedTuple):
    uid: int
    gid: int
    dropped: bool

    def popen_options(self) -> dict[str, Any]:
        """What subprocess needs to start a program as this account."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Whether this account can walk into the folder; root's private folders it cannot."""
        if not self.dropped:
            return True
        script = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        done = subprocess.run(script, cwd="/", stderr=subprocess.DEVNULL, check=False, **self.popen_options())
        return done.returncode == 0


@functools.cache
def server_account() -> Account:
    """PostgreSQL refuses root and an account without a name: root's servers run as `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, dropped=True)
