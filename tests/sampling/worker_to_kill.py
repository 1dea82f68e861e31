"""Run by `manage.py shell`: works on one job as a worker does, and stands still at a step to be killed."""

import importlib
import os
import sys
import time

from workplace.jobs import execute

module_name, _dot, name = os.environ["STAND_STILL_AT"].rpartition(".")
module = importlib.import_module(module_name)


def stand_still(*args: object, **kwargs: object) -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    time.sleep(60)


setattr(module, name, stand_still)
execute(int(os.environ["JOB"]))
