#!/usr/bin/env python
"""Django's commands, with the embedded database running while one needs it."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

WITHOUT_DATABASE = {"check", "compilemessages", "findstatic", "help", "makemessages", "version"}
WITHOUT_DATABASE |= {"collectstatic", "diffsettings", "makemigrations", "messages", "startapp"}
AS_OWNER = {"migrate", "sqlflush", "flush", "pgtrigger"}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    if command in AS_OWNER and not any(argument.startswith("--database") for argument in arguments):
        arguments = [*arguments, "--database=owner"]
    idle = command in WITHOUT_DATABASE or command.startswith("-") or {"--help", "-h"} & set(arguments)
    embedded = not idle and not os.environ.get("DATABASE_URL")
    from django.core.management import execute_from_command_line

    with servers() if embedded else nullcontext():
        execute_from_command_line(arguments)


def servers() -> AbstractContextManager[None]:
    from config.services.embedded import in_use

    return in_use()


if __name__ == "__main__":
    main(sys.argv)
