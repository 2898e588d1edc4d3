"""`python -m fuzz`: hostile input at full length; prints seed, counts, cases a second of the processor and a verdict.

    PYTHONPATH=platform:web:tests python -m fuzz [encoder] [frames] [--seed N] [--scale 0.01]

encoder: 5,000,000 cases of fields for commands, then each rule of the encoder taken out, which has to be found within a
minute.  frames: 1,000,000 frames of the event socket, whole, cut anywhere and damaged; then mutants of the parser.
Exit code 0: all is kept.
"""

import argparse
import sys

from fuzz import encoder, frames, mutants
from oklik.esl import commands, readback

CASES, FRAMES = 5_000_000, 1_000_000
MINUTE = 60.0


def encoder_run(seed: int, scale: float) -> bool:
    """The encoder; says how it went."""
    fuzz = encoder.Fuzz(seed, commands, readback)
    found = encoder.hunt(fuzz, cases=int(CASES * scale))
    verdict = "KEPT" if found.violation is None else f"BROKEN: {found.violation}"
    print(
        f"encoder: seed {seed}, {found.cases:,} cases, {found.cases / found.seconds:,.0f}/s, "
        f"let through {fuzz.taken:,}, refused {fuzz.refused:,}: {verdict}"
    )
    slowest, missed = 0.0, []
    for name, rule in mutants.RULES.items():
        caught = encoder.hunt(encoder.Fuzz(seed, *mutants.without(name, *rule.behind)), seconds=MINUTE)
        slowest = max(slowest, caught.seconds)
        if caught.violation is None:
            missed.append(name)
    told = f"rules taken out one at a time: {len(mutants.RULES)}, found {len(mutants.RULES) - len(missed)}"
    print(f"encoder: {told}, the slowest after {slowest:.1f} s: {'KEPT' if not missed else f'BROKEN: {missed}'}")
    return found.violation is None and not missed


def frames_run(seed: int, scale: float) -> bool:
    """The parser of frames; says how it went."""
    kept, told = frames.run(seed, int(FRAMES * scale))
    print(told)
    return kept


RUNS = {"encoder": encoder_run, "frames": frames_run}


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("runs", nargs="*", help=f"which: {', '.join(RUNS)} (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    if unknown := [name for name in options.runs if name not in RUNS]:
        parser.error(f"there is no run {unknown[0]}")
    results = [RUNS[name](options.seed, options.scale) for name in options.runs or RUNS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
