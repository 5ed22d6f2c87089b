"""Processes that answer queries, so that a query that runs too long, or whose asker has gone, is really stopped.

A few queries run at once, each in a process of its own; the others wait in line. A query that has worked for `SHORT`
seconds leaves its place to the next one and goes on at the lowest priority, so that short queries hardly feel it. When
it goes on for `SLOW` seconds more, it counts as slow. Of slow queries there may be `CROWD`; one too many is stopped and
refused, and so is, at once, a query that was stopped lately and comes again while there is no room for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import multiprocessing
import os
import shutil
import socket
import sys
import tempfile
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from oncograph.graph import worker
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.streaming import Question
from oncograph.serve.settings import Settings
from oncograph.serve.state import LiveGraph

SHORT = 0.01
"""Seconds that a query may work at the usual priority: of the processor's time, where the system tells it."""
SLOW = 0.5
"""Seconds after these for which a query may run before it counts as slow."""
CROWD = 16
"""Slow queries that may run at a time."""
STALL = 30.0
"""Seconds that an asker may take nothing of an answer that is being sent."""
WAITING = 1000
"""Queries that may wait in line."""
KEPT = 500
"""Answers that are kept."""
KEPT_SIZE = 1 << 15
"""Bytes of the largest answer that is kept."""
REMEMBERED = 1000
"""Stopped queries that are remembered."""
SPARE = 4
"""Processes that are ready beyond those that may run."""
_PARTS = 4  # of an answer that may wait for its asker
_LOWEST = 19
_write_json = json.JSONEncoder(separators=(",", ":")).encode
_ASKED = tuple(field.name for field in fields(Question))


Gone = Callable[[], Awaitable[None]]


class RefusedError(Exception):
    """A query without an answer.

    Attributes:
        said: `status` and `detail`, `line` and `column` of a mistake, `retry` where it may be asked again.
    """

    def __init__(self, **said: Any) -> None:
        super().__init__(said["detail"])
        self.said = said


@dataclass(frozen=True, slots=True)
class Request:
    """What a process is to do, and a key that is the same for the same work."""

    text: bytes
    key: bytes

    @classmethod
    def for_question(cls, question: Question, *, gzip: bool = False) -> Request:
        """Ask for the answer to a query."""
        asked = {name: getattr(question, name) for name in _ASKED}
        return cls._of({"do": "query", "question": asked, "hold": question.rows > 0, "gzip": gzip})

    @classmethod
    def for_graph(cls, iri: str | None, format: str, *, gzip: bool = False) -> Request:
        """Ask for all triples of a graph of the store, of its default graph for None."""
        return cls._of({"do": "graph", "iri": iri, "format": format, "hold": False, "gzip": gzip})

    @classmethod
    def _of(cls, asked: dict[str, Any]) -> Request:
        text = _write_json(asked).encode()
        return cls(text, hashlib.blake2b(text, digest_size=12).digest())


def _refuse_crowd(timeout: float) -> RefusedError:
    detail = "too many queries are running that take long; try again later"
    return RefusedError(status=503, detail=detail, retry=math.ceil(timeout))


class Answer:
    """What a query answers, as bytes.

    Attributes:
        said: `kind`, `format`, `cut` (whether rows were left out) and `gzip` (whether it is compressed).
        state: The id of the snapshot that was asked.
        body: The bytes, where they are complete and few.
        path: The file that holds them, where they are complete and many.
        size: Their number, where they are complete.
    """

    def __init__(self, said: dict[str, Any], body: bytes | None, state: str, job: _Job | None = None) -> None:
        self.said = said
        self.state = state
        self.body = body
        self.path: str | None = said.get("path")
        self.size: int | None = said.get("size") if body is None else len(body)
        self._job = job

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come.

        Raises:
            RefusedError: The query was stopped, so that the bytes that were given are not an answer.
        """
        if self.body is not None:
            yield self.body
        elif self.path is not None:
            with Path(self.path).open("rb") as file:
                if os.name == "posix":
                    Path(self.path).unlink(missing_ok=True)
                while part := await asyncio.to_thread(file.read, 1 << 18):
                    yield part
            Path(self.path).unlink(missing_ok=True)
        elif self._job is not None:
            while part_or_none := await self._job.next_part():
                yield part_or_none

    def close(self) -> None:
        """Stop the query if it still runs, and remove what it has left."""
        if self.path is not None:
            Path(self.path).unlink(missing_ok=True)
        if self._job is not None:
            self._job.cancel()


class Workers:
    """The processes that answer queries to the newest state of a graph."""

    def __init__(self, live: LiveGraph, settings: Settings) -> None:
        self._live = live
        self._settings = settings
        cores = os.cpu_count() or 1
        self.quick = max(8, 4 * cores)
        self._context = _make_context()
        self._files = Path(tempfile.mkdtemp(prefix="oncograph-answers-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._files, ignore_errors=True)
        self._snapshot: Snapshot | None = None
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._line: deque[asyncio.Future[None]] = deque()
        self._running = 0
        self._slow_jobs: set[_Job] = set()
        self._stopped: OrderedDict[bytes, None] = OrderedDict()
        self._starting = 0
        self._starts = asyncio.Semaphore(cores)  # many at once would take the processor from the queries
        self._starter = ThreadPoolExecutor(1)
        self._reaper = ThreadPoolExecutor(1)  # of its own: a process of the lowest priority is long about dying
        self._writing = asyncio.Lock()
        self._kept: OrderedDict[bytes, Answer] = OrderedDict()
        self._wanted: deque[asyncio.Future[_Process]] = deque()
        self._tasks: set[asyncio.Task] = set()
        self._closed = False

    async def start(self) -> None:
        """Start processes, so that the first query need not wait for one."""
        self._closed = False
        self._renew()

    async def stop(self) -> None:
        """End all processes."""
        self._closed = True
        for process in list(self._all):
            process.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """End all processes and remove their files without waiting, when this process is about to end."""
        self._closed = True
        for process in list(self._all):
            process.end()
        self._finalizer()

    async def run(self, request: Request, *, lasting: bool = False, gone: Gone | None = None) -> Answer:
        """Answer a request.

        Args:
            lasting: Whether the answer stays the same as long as the graph does; a small one is kept for the next.
            gone: Returns when nobody waits for the answer any more; called only for a query that takes its time.

        Raises:
            RefusedError: The query has a mistake, takes too long, or there are too many.
        """
        self._renew()
        if lasting and (kept := self._kept.get(request.key)) is not None:
            self._kept.move_to_end(request.key)
            return kept
        answer = await self._work(request, gone)
        is_newest = self._snapshot is not None and answer.state == self._snapshot.id
        if lasting and is_newest and answer.body is not None and len(answer.body) <= KEPT_SIZE:
            self._kept[request.key] = answer
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer

    async def update(self, text: str) -> None:
        """Change the graph on the disk, as a whole or not at all; one update runs at a time.

        Raises:
            RefusedError: The update has a mistake, takes too long or fails.
        """
        async with self._writing:
            ours, theirs = socket.socketpair()
            arguments = (theirs, str(self._live.path), text, list(self._settings.services))
            handle = self._context.Process(  # type: ignore[attr-defined]
                target=worker.update_store, args=arguments, daemon=True
            )
            await self.launch(handle)
            theirs.close()
            try:
                ours.setblocking(False)
                reader, writer = await asyncio.open_connection(sock=ours)
                said = await asyncio.wait_for(_read_outcome(reader), self.timeout)
                writer.close()
            except TimeoutError:
                limit = f"it took more than {self.timeout:g} s"
                detail = f"the update was stopped: {limit}; look whether it is made before you repeat it"
                raise RefusedError(status=504, detail=detail) from None
            finally:
                handle.kill()
                self.reap(handle)
        if said:
            raise RefusedError(**said)
        await asyncio.to_thread(self._live.look)

    async def _work(self, request: Request, gone: Gone | None) -> Answer:
        job = _Job(self, request, gone)
        if request.key in self._stopped:
            if len(self._slow_jobs) >= CROWD:
                raise _refuse_crowd(self.timeout)
            self._slow_jobs.add(job)
            job.slow = True
        else:
            await self._queue()
            job.holds_place = True
        try:
            process = self._idle.pop() if self._idle else await self._await_process()
            self._fill()
            process.begin(job)
            return await job.head
        except asyncio.CancelledError:
            job.cancel()
            raise
        except BaseException:
            job.leave()
            raise

    async def _queue(self) -> None:
        if self._running < self.quick:
            self._running += 1
            return
        if len(self._line) >= WAITING:
            raise RefusedError(status=503, detail="too many queries are waiting; try again later", retry=5)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave_place()
            raise

    def leave_place(self) -> None:
        """Let the next query in line run."""
        self._running -= 1
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                self._running += 1
                turn.set_result(None)
                return

    def let_yield(self, job: _Job) -> None:
        """Give a query that is not short the lowest priority, and its place to another."""
        if job.process is not None:
            job.process.lower_priority()
        job.release_place()
        self._fill()

    def count_as_slow(self, job: _Job) -> None:
        """Let a query go on, unless there are too many like it."""
        if len(self._slow_jobs) < CROWD:
            self._slow_jobs.add(job)
        else:
            self.remember(job)
            job.fail(_refuse_crowd(self.timeout))

    def leave_slow(self, job: _Job) -> None:
        """Make room for another query that takes long."""
        self._slow_jobs.discard(job)

    def remember(self, job: _Job) -> None:
        """Remember that a query was stopped."""
        self._stopped[job.request.key] = None
        while len(self._stopped) > REMEMBERED:
            self._stopped.popitem(last=False)

    @property
    def timeout(self) -> float:
        """Seconds after which a query is stopped."""
        return self._settings.timeout

    def take_back(self, process: _Process) -> None:
        """Use a process again that has answered, unless it is slow by now or its graph is an old one."""
        if process.lowered or process.snapshot is not self._snapshot or self._closed:
            process.end()
        elif waiting := self._next_wanted():
            waiting.set_result(process)
        elif len(self._idle) >= self.quick + SPARE:
            process.end()
        else:
            self._idle.append(process)

    def forget(self, process: _Process) -> None:
        """Take notice of the end of a process."""
        self._all.discard(process)
        if process in self._idle:
            self._idle.remove(process)

    async def launch(self, handle: Any) -> None:
        """Start a process."""
        await asyncio.get_running_loop().run_in_executor(self._starter, handle.start)

    def reap(self, handle: Any) -> None:
        """Take an ended process off the list of the system's, and free what is held for it."""

        def join() -> None:
            handle.join(5)
            if handle.exitcode is not None:
                handle.close()

        self._reaper.submit(join)

    def _renew(self) -> None:
        """Use the newest state of the graph from now on."""
        newest = self._live.snapshot
        if newest is not self._snapshot:
            self._snapshot = newest
            self._stopped.clear()
            self._kept.clear()
            while self._idle:
                self._idle.pop().end()
            self._fill()

    def _fill(self) -> None:
        """Start processes until there is one for each place, and some to spare."""
        missing = self.quick + SPARE - self._running - len(self._idle) - self._starting
        for _ in range(max(missing, len(self._wanted) - self._starting)):
            self._starting += 1
            task = asyncio.get_running_loop().create_task(self._start_process())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _start_process(self) -> None:
        try:
            async with self._starts:
                snapshot = self._snapshot
                assert snapshot is not None
                process = await _start_process(self, self._context, snapshot, str(self._files), self._settings.memory)
        except Exception as error:
            self._starting -= 1
            if waiting := self._next_wanted():
                waiting.set_exception(error)
                return
            raise
        self._starting -= 1
        self._all.add(process)
        self.take_back(process)
        if process.snapshot is not self._snapshot:
            self._fill()

    async def _await_process(self) -> _Process:
        wanted: asyncio.Future[_Process] = asyncio.get_running_loop().create_future()
        self._wanted.append(wanted)
        self._fill()
        return await wanted

    def _next_wanted(self) -> asyncio.Future[_Process] | None:
        while self._wanted:
            wanted = self._wanted.popleft()
            if not wanted.done():
                return wanted
        return None


class _Job:
    """One query on its way through a process."""

    def __init__(self, workers: Workers, request: Request, gone: Gone | None) -> None:
        self.request = request
        self.process: _Process | None = None
        self.slow = False
        self.holds_place = False
        self._workers = workers
        self._loop = asyncio.get_running_loop()
        self.head: asyncio.Future[Answer] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._worked_before = 0.0
        self._deadline = 0.0
        self._paused_at = 0.0
        self._parts: deque[bytes | RefusedError | None] = deque()
        self._arrived = asyncio.Event()
        self._ended = False
        self._gone = gone
        self._watch: asyncio.Task[None] | None = None

    def begin(self, process: _Process) -> None:
        self.process = process
        self._worked_before = process.tell_work()
        self._deadline = self._loop.time() + self._workers.timeout
        if self.slow:
            process.lower_priority()
            self._timer = self._loop.call_at(self._deadline, self._expire)
            self._watch_asker()
        else:
            self._timer = self._loop.call_later(SHORT, self._look_at_work)

    def _look_at_work(self) -> None:
        """Let a query that is not short give way; one that waits for the processor is not the reason of the wait."""
        self._watch_asker()
        left = SHORT - (self.process.tell_work() - self._worked_before) if self.process is not None else 0.0
        if self._loop.time() >= self._deadline:
            self._expire()
        elif left > 0:
            self._timer = self._loop.call_later(max(left, SHORT / 4), self._look_at_work)
        else:
            self._timer = self._loop.call_at(min(self._loop.time() + SLOW, self._deadline), self._become_slow)
            self._workers.let_yield(self)

    def _become_slow(self) -> None:
        self._timer = self._loop.call_at(self._deadline, self._expire)
        self._workers.count_as_slow(self)

    def _expire(self) -> None:
        if self._paused_at:  # the asker is slow, not the query
            late = self._loop.time() - self._paused_at > STALL
            if not late:
                self._timer = self._loop.call_later(1, self._expire)
                return
        elif self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._expire)
            return
        self._workers.remember(self)
        limit = f"{self._workers.timeout:g} s"
        self.fail(RefusedError(status=504, detail=f"the query was stopped: it took more than {limit}"))

    def receive(self, kind: bytes, said: dict, body: bytes, state: str) -> None:
        if kind == worker.PART:
            if body:
                self._parts.append(body)
            if len(self._parts) > _PARTS and self.process is not None and not self._paused_at:
                self._paused_at = self._loop.time()
                self.process.pause()
            self._arrived.set()
            return
        if kind == worker.BEGIN:
            self._watch_asker()
            self._settle(Answer(said, None, state, self))
            return
        if kind == worker.END:
            self._parts.append(None)
            self._arrived.set()
        elif kind == worker.FAILED:
            error = RefusedError(**said)
            self._break(error)
        else:
            self._settle(Answer(said, body if kind == worker.WHOLE else None, state))
        self._done()

    async def next_part(self) -> bytes | None:
        while not self._parts:
            self._arrived.clear()
            await self._arrived.wait()
        if self._paused_at and len(self._parts) <= 1 and self.process is not None:
            self._deadline += self._loop.time() - self._paused_at
            self._paused_at = 0.0
            self.process.resume()
        part = self._parts.popleft()
        if isinstance(part, RefusedError):
            raise part
        return part

    def _watch_asker(self) -> None:
        if self._gone is not None and self._watch is None:
            self._watch = self._loop.create_task(self._cancel_when_gone(self._gone))

    async def _cancel_when_gone(self, gone: Gone) -> None:
        await gone()
        self._watch = None
        self.cancel()

    def cancel(self) -> None:
        """Stop the query: nobody waits for its answer."""
        if not self._ended:
            self.fail(RefusedError(status=499, detail="the asker has gone"))

    def fail(self, error: RefusedError) -> None:
        """Stop the query by ending its process."""
        process = self.process
        self._break(error)
        self.leave()
        if process is not None:
            process.end()

    def lose_process(self) -> None:
        """Take notice that the process has ended by itself."""
        self.process = None
        detail = "the query was stopped: it needs more memory than it may use, or its process was ended"
        self._workers.remember(self)
        self._break(RefusedError(status=507, detail=detail))
        self.leave()

    def release_place(self) -> None:
        if self.holds_place:
            self.holds_place = False
            self._workers.leave_place()

    def leave(self) -> None:
        """Give back what the query holds."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self.process = None
        self._workers.leave_slow(self)
        self.release_place()

    def _done(self) -> None:
        process = self.process
        self.leave()
        if process is not None:
            process.job = None
            self._workers.take_back(process)

    def _settle(self, answer: Answer) -> None:
        if not self.head.done():
            self.head.set_result(answer)

    def _break(self, error: RefusedError) -> None:
        if not self.head.done():
            self.head.set_exception(error)
            self.head.exception()  # nobody may be left to look at it
        self._parts.append(error)
        self._arrived.set()


class _Process(asyncio.Protocol):
    """A process with a channel to it."""

    def __init__(self, workers: Workers, snapshot: Snapshot, ready: asyncio.Future[None]) -> None:
        self.snapshot = snapshot  # keeps the folder that the process reads
        self.job: _Job | None = None
        self.lowered = False
        self._ready = ready
        self._workers = workers
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.handle: Any = None
        self._ended = False

    def begin(self, job: _Job) -> None:
        self.job = job
        job.begin(self)
        assert self._transport is not None
        text = job.request.text
        self._transport.write(len(text).to_bytes(4, "big") + text)

    def lower_priority(self) -> None:
        """Let this process work only while no other wants to; it cannot be raised again."""
        self.lowered = True
        try:
            if hasattr(os, "setpriority"):
                os.setpriority(os.PRIO_PROCESS, self.handle.pid, _LOWEST)
            if hasattr(os, "SCHED_IDLE"):
                os.sched_setscheduler(self.handle.pid, os.SCHED_IDLE, os.sched_param(0))
        except OSError:  # it has ended meanwhile
            return

    def tell_work(self) -> float:
        """Give the seconds that the processor has worked for this process; the time where the system tells it not."""
        if sys.platform != "linux":
            return time.monotonic()
        try:
            return time.clock_gettime((~self.handle.pid << 3) | 2)  # clock_getcpuclockid(3)
        except OSError:  # it has ended meanwhile
            return math.inf

    def pause(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()

    def end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self.job = None
        self._workers.forget(self)
        if self._transport is not None:
            self._transport.abort()
        if self.handle is not None:
            self.handle.kill()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        job, ended = self.job, self._ended
        self.end()
        if not self._ready.done():
            self._ready.set_exception(RuntimeError("a process for queries has ended while it started"))
        if job is not None and not ended:
            job.lose_process()
        if self.handle is not None:
            self._workers.reap(self.handle)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        while len(buffer) >= worker.HEADER.size:
            kind, said_size, body_size = worker.HEADER.unpack_from(buffer)
            middle = worker.HEADER.size + said_size
            end = middle + body_size
            if len(buffer) < end:
                return
            said = json.loads(buffer[worker.HEADER.size : middle]) if said_size > 2 else {}
            body = bytes(memoryview(buffer)[middle:end])
            del buffer[:end]
            if kind == worker.READY:
                if not self._ready.done():
                    self._ready.set_result(None)
            elif self.job is not None:
                self.job.receive(kind, said, body, self.snapshot.id)


async def _start_process(
    workers: Workers, context: multiprocessing.context.BaseContext, snapshot: Snapshot, files: str, memory: int
) -> _Process:
    """Start a process and wait until it has opened the store."""
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    process = _Process(workers, snapshot, ready)
    handle = context.Process(  # type: ignore[attr-defined]
        target=worker.serve_store, args=(theirs, str(snapshot.folder), files, memory), daemon=True
    )
    try:
        await workers.launch(handle)
        process.handle = handle
        theirs.close()
        ours.setblocking(False)
        await loop.create_connection(lambda: process, sock=ours)
        await ready
    except BaseException:
        ours.close()
        theirs.close()
        process.end()
        raise
    return process


async def _read_outcome(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Read what is wrong with an update; nothing when it is done."""
    try:
        kind, said_size, _ = worker.HEADER.unpack(await reader.readexactly(worker.HEADER.size))
        said = json.loads(await reader.readexactly(said_size))
    except asyncio.IncompleteReadError:
        return {"status": 500, "detail": "the update was stopped: its process has ended; look whether it is made"}
    return said if kind == worker.FAILED else {}


def _make_context() -> multiprocessing.context.BaseContext:
    """Give the cheapest safe way to start a process: a fork of a small process that has loaded what is needed."""
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # each process imports anew what the main script does, which takes longer than the rest if it is not there already
    context.set_forkserver_preload(["oncograph.graph.worker", "oncograph.cli"])
    return context
