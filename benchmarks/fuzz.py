"""Feed the parser of quizzes and the grader with what nobody would write: `python -m benchmarks.fuzz`.

Nothing may be raised but what is documented, and no input may take longer than a second of processor
time. What is found is written to `test-results/fuzz/`, as files for `lms quiz grade`, and the run ends
with 1. The same seed makes the same inputs.
"""

import json
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path
from random import SystemRandom

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lms.quizzes import contract
from lms.quizzes.format import ParsedQuiz, parse_quiz
from tests.laws.test_quiz_laws import check_parsed

from .fuzz_inputs import Input, make_input

LIMIT_SECONDS = 1.0
# An input that takes this long is stopped, so that the others have their turn.
STOP_SECONDS = 10.0
TURNS = 3
BATCH = 250
FOUND = Path("test-results/fuzz")


class Stopped(BaseException):
    """The input took too long. No handler of errors in what is tried shall catch this."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How an input went: processor time in seconds to parse and to grade it, and what was wrong."""

    number: int
    parse_seconds: float
    grade_seconds: float
    was_read: bool
    was_graded: bool
    fault: str

    @property
    def is_slow(self) -> bool:
        """Whether one of the two took longer than it may."""
        return max(self.parse_seconds, self.grade_seconds) > LIMIT_SECONDS


@dataclass(frozen=True, slots=True)
class Batch:
    """Some inputs: how many, how many were a quiz and were graded, the slowest ones, the faults."""

    tried: int
    read: int
    graded: int
    slowest_parsed: Trial
    slowest_graded: Trial
    faulty: tuple[Trial, ...]


class Stopwatch:
    """Processor time of this process, which other processes on the machine do not make longer."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.seconds += time.process_time() - begun


def try_input(number: int, tried: Input) -> Trial:
    """Try an input, and once more, and again, while it is slow.

    On a busy machine the same work can take several times as long: what is slow is slow every time.
    """
    trials = [_try_once(number, tried)]
    while trials[-1].is_slow and not trials[-1].fault and len(trials) < TURNS:
        trials.append(_try_once(number, tried))
    last = trials[-1]
    if last.is_slow and not last.fault:
        seconds = f"Parsed in {last.parse_seconds:.2f} s, graded in {last.grade_seconds:.2f} s.\n"
        return replace(last, fault=seconds)
    return last


def _try_once(number: int, tried: Input) -> Trial:
    """Parse it and, where that gives a quiz, grade the responses."""
    parsing, grading = Stopwatch(), Stopwatch()
    fault = ""
    was_read = was_graded = False
    signal.setitimer(signal.ITIMER_PROF, STOP_SECONDS)
    try:
        with parsing.running():
            parsed = parse_quiz(tried.quiz, "quiz.md", images=["a.png"])
        was_read = parsed.quiz is not None
        with grading.running():
            was_graded = _grade(parsed, tried.responses)
        signal.setitimer(signal.ITIMER_PROF, 0)
        check_parsed(parsed, tried.quiz)
    except (Exception, Stopped):
        fault = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Trial(number, parsing.seconds, grading.seconds, was_read, was_graded, fault)


def _grade(parsed: ParsedQuiz, body: bytes) -> bool:
    """What `lms quiz show` and `lms quiz grade` do; whether there was something to grade."""
    if parsed.quiz is None:
        return False
    json.dumps(contract.show(parsed.quiz))
    for question in parsed.quiz.questions:
        contract.key_lines(question)
    try:
        responses = contract.read_responses(parsed.quiz, body)
    except contract.BadResponses as refusal:
        # The message is printed: it must be words that a terminal can take.
        str(refusal).encode()
        return False
    result = contract.grade(parsed.quiz, responses)
    assert 0 <= result.score <= result.maximum
    json.dumps(contract.result_json(result))
    return True


def _try_batch(task: tuple[int, range]) -> Batch:
    seed, numbers = task
    trials = [try_input(number, make_input(seed, number)) for number in numbers]
    return Batch(
        tried=len(trials),
        read=sum(trial.was_read for trial in trials),
        graded=sum(trial.was_graded for trial in trials),
        slowest_parsed=max(trials, key=lambda trial: trial.parse_seconds),
        slowest_graded=max(trials, key=lambda trial: trial.grade_seconds),
        faulty=tuple(trial for trial in trials if trial.fault),
    )


def _prepare_worker() -> None:
    def stop(_signal: int, _frame: object) -> None:
        raise Stopped

    signal.signal(signal.SIGPROF, stop)
    # Ctrl-C ends the run from its first process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(seed: int, trial: Trial) -> Path:
    """Write an input and what is wrong with it into a folder of its own."""
    folder = FOUND / f"{seed}-{trial.number}"
    folder.mkdir(parents=True, exist_ok=True)
    found = make_input(seed, trial.number)
    (folder / "quiz.md").write_bytes(found.quiz.encode())
    (folder / "responses.json").write_bytes(found.responses)
    (folder / "fault.txt").write_text(trial.fault, encoding="utf-8")
    return folder


def _run(inputs: int, seed: int, console: Console) -> list[Batch]:
    tasks = [(seed, range(start, min(start + BATCH, inputs))) for start in range(0, inputs, BATCH)]
    columns = (TextColumn("Inputs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = []
    with Pool(initializer=_prepare_worker) as pool, Progress(*columns, console=console) as progress:
        bar = progress.add_task("Inputs", total=inputs)
        for batch in pool.imap_unordered(_try_batch, tasks):
            done.append(batch)
            progress.advance(bar, batch.tried)
            for trial in batch.faulty:
                last = trial.fault.strip().splitlines()[-1]
                console.print(f"{_write(seed, trial)}: {last}", markup=False, highlight=False)
    return done


@click.command()
@click.option("--inputs", type=click.IntRange(1), default=200_000, show_default=True)
@click.option("--seed", type=int, help="Make the inputs of that run again; without it, others.")
def main(inputs: int, seed: int | None) -> None:
    """Try that many INPUTS on every core; end with 1 if one of them finds something."""
    console = Console()
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    done = _run(inputs, seed, console)
    parsed = max((batch.slowest_parsed for batch in done), key=lambda trial: trial.parse_seconds)
    graded = max((batch.slowest_graded for batch in done), key=lambda trial: trial.grade_seconds)
    faults = sum(len(batch.faulty) for batch in done)
    console.print(
        f"Seed {seed}: {sum(batch.tried for batch in done):,} inputs,"
        f" {sum(batch.read for batch in done):,} of them a quiz without errors,"
        f" {sum(batch.graded for batch in done):,} with responses that were graded.\n"
        f"Slowest to parse: {parsed.parse_seconds:.3f} s, {_write(seed, parsed)}.\n"
        f"Slowest to grade: {graded.grade_seconds:.3f} s, {_write(seed, graded)}.\n"
        f"Found: {faults}.",
        highlight=False,
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
