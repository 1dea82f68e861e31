"""`python -m config.services.run`: what `make run` starts; with `--found`, all of it but serving."""

import sys

from config.services.accounts import ServiceError
from config.services.supervisor import Refused, Supervisor


def main() -> int:
    try:
        Supervisor().run(serve="--found" not in sys.argv[1:])
    except (Refused, ServiceError) as refused:
        print(f"make run: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
