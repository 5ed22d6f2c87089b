"""Reading by a Dask cluster: many machines, one build."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from oncograph.errors import OncographError

CONNECT_SECONDS = 20


@contextmanager
def connect_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a scheduler, and give what has documents read there and how many can be read at a time.

    The workers need the same version of oncograph, and the ontology and the vocabularies at the same paths. What a
    worker was reading when it was lost is read by another one.

    Args:
        address: Of the scheduler: `tcp://host:8786`.

    Raises:
        OncographError: `distributed` is not installed, nothing answers at the address, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise OncographError("a cluster needs the package distributed: pip install 'oncograph[cluster]'") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise OncographError(
            f"no Dask scheduler answers at {address} ({error}); start one with: dask scheduler"
        ) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise OncographError(f"the scheduler at {address} has no workers; start some with: dask worker {address}")
        yield client.get_executor(), threads
