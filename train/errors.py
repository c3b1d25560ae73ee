"""The one exception a user can act on: scripts print it as a single line and exit with code 2."""
import sys


class InputError(Exception):
    pass


def run_main(main) -> None:
    try:
        main()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
