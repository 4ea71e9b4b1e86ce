"""Several things at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

ResultT = TypeVar("ResultT")


def at_once(tasks: Sequence[Callable[[], ResultT]]) -> list[ResultT]:
    """Run each task in a thread of its own, all let go together; their results in the order given.

    Raises what the first failing task raised, once all are over.
    """
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], ResultT]) -> ResultT:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(run, task) for task in tasks]
    return [future.result() for future in futures]
