"""`make soak`: as many random histories as wanted, on all cores; exit 1 with the smallest failure.

SOAK_CASES: how many (10,000 unless set); SOAK_SEED: where to begin (0 unless set).
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.soak.cases import CHECKS, first_failure

CASES = 10_000
AT_ONCE = 100


def main() -> int:
    """Tell what was done and whether it held."""
    cases = int(os.environ.get("SOAK_CASES", CASES))
    seed = int(os.environ.get("SOAK_SEED", "0"))
    cores = len(os.sched_getaffinity(0))
    say(
        f"{cases:,} random histories from seed {seed} on, each by {', '.join(CHECKS)}; {cores} cores"
    )
    parts = [
        range(begin, min(begin + AT_ONCE, seed + cases))
        for begin in range(seed, seed + cases, AT_ONCE)
    ]
    failure = _first_failure_of(parts, cores)
    if failure:
        say(failure)
        return 1
    say(f"All {cases:,} are as the words say.")
    return 0


def _first_failure_of(parts: Sequence[range], cores: int) -> str:
    with ProcessPoolExecutor(max_workers=cores) as pool:
        running = {pool.submit(first_failure, part): part for part in parts}
        for done, finished in enumerate(as_completed(running), 1):
            failure = finished.result()
            if failure:
                pool.shutdown(cancel_futures=True)
                return failure
            if done * 10 % len(parts) < 10:
                say(f"  {done * AT_ONCE:,} hold")
    return ""


def say(line: str) -> None:
    """For whoever looks at the terminal or at the log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
