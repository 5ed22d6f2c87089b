"""Downloads a vocabulary file, going on where a broken download stopped; the one place that uses the network."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import re
import shutil
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, BinaryIO

from filelock import FileLock, Timeout

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.source import digest_file

SCHEMES = ("http", "https")
PIECE = 1 << 16
"""Bytes read at a time."""
GONE = frozenset({404, 410})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers of a server that may be another a moment later."""
NOT_SATISFIABLE = 416
REDIRECTED = range(300, 400)
RESUMED = 206
MARKUP_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
HEAD = 4_096
"""Bytes at the beginning of a file that tell a web page."""
ZIP_MAGIC = b"PK\x03\x04"
LONGEST_PAUSE = 60.0

Progress = Callable[[str, int, int], None]
"""Told a name, the bytes there are and the bytes there will be, 0 where the server does not say."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may take.

    Attributes:
        size: Most bytes.
        silence: Most seconds without a byte.
        tries: How often the server is asked, all in all.
        pause: Seconds before it is asked again; doubled each time.
    """

    size: int = 4 << 30
    silence: float = 60.0
    tries: int = 6
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded file; digest and size are of what was sent, the path is of what was in it if it was a ZIP file."""

    path: Path
    sha256: str
    size: int


def fetch_file(
    address: str, target: Path, *, sha256: str = "", limits: Limits | None = None, progress: Progress | None = None
) -> Fetched:
    """Download a file, going on where a download of it stopped if the server still has the same one.

    What has come is kept in `target` with the ending `.part` until it is whole. A ZIP file that holds one file is
    unpacked. A proxy is taken from the environment, as `https_proxy`.

    Args:
        sha256: Hex digest that the file must have.

    Raises:
        VocabularyError: It could not be had, or is not what it should be; says what to do.
    """
    allowed = limits or Limits()
    _refuse_other_schemes(address)
    with _alone(target):
        part = _Part(target.with_name(f"{target.name}.part"))
        _download(address, part, allowed, progress)
        digest = digest_file(part.path)
        if sha256 and digest != sha256.lower():
            part.remove()
            raise VocabularyError(f"{address}: its SHA-256 is {digest}, not {sha256}; ask its makers which is right")
        size = part.size()
        with _writing(target.parent):
            _put_in_place(address, part, target, allowed)
        return Fetched(target, digest, size)


@dataclass(frozen=True, slots=True)
class _Part:
    """What has come of a file, with what tells whether the server still has the same one."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self, address: str) -> str:
        """Give what the server said the file was when its first bytes came; empty if it cannot be gone on with."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return str(note.get("validator", "")) if note.get("address") == address and self.size() else ""

    def begin(self, address: str, validator: str) -> None:
        self.note.unlink(missing_ok=True)
        self.path.write_bytes(b"")
        self.note.write_text(json.dumps({"address": address, "validator": validator}) + "\n", encoding="utf-8")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


class _BrokenOffError(Exception):
    """The connection ended, or the server is busy: asking again may help."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class _WebRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to web addresses only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _refuse_other_schemes(newurl, came_from=req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _download(address: str, part: _Part, limits: Limits, progress: Progress | None) -> None:
    """Bring a part to its end, asking again while that may help."""
    for attempt in range(1, limits.tries + 1):
        try:
            return _take(address, part, limits, progress)
        except _BrokenOffError as broken:
            if attempt == limits.tries:
                kept = f"{part.size():,} bytes are kept; run it again later, it goes on from there"
                anew = "check the network and the proxy, or run it again later"
                raise VocabularyError(f"{address}: {broken}; {kept if part.validator(address) else anew}") from None
            time.sleep(min(max(broken.wait, limits.pause * 2 ** (attempt - 1)), LONGEST_PAUSE))
    return None


def _take(address: str, part: _Part, limits: Limits, progress: Progress | None) -> None:
    """Ask once for what is not there yet, and keep it."""
    validator = part.validator(address)
    there = part.size() if validator else 0
    with _asking(address, there, validator, limits) as answer:
        if answer.status == NOT_SATISFIABLE and _all_bytes(answer.headers) == there:
            return  # it had come whole
        if answer.status == NOT_SATISFIABLE or (answer.status == RESUMED and _first_byte(answer.headers) != there):
            part.remove()
            raise _BrokenOffError("the server did not give the rest that it was asked for")
        if answer.status != RESUMED:
            there = 0
        announced = int(answer.headers.get("Content-Length") or 0)
        total = there + announced if announced else 0
        _refuse_size(address, total, limits)
        with _writing(part.path.parent):
            if not there:
                part.begin(address, _to_validator(answer.headers))
            with part.path.open("r+b") as file:
                file.truncate(there)
                file.seek(there)
                try:
                    _copy(address, answer, file, total, limits, progress)
                except VocabularyError:
                    part.remove()
                    raise
                file.flush()
                os.fsync(file.fileno())
    came = part.size()
    if total and came < total:
        raise _BrokenOffError(f"the connection broke off after {came:,} of {total:,} bytes")
    if not came:
        part.remove()
        raise VocabularyError(f"{address}: the file is empty; try another address with --url")


def _copy(address: str, answer: Any, file: BinaryIO, total: int, limits: Limits, progress: Progress | None) -> None:
    """Write what comes; a web page in place of the file is told by its first bytes."""
    there = file.tell()
    name = Path(file.name).stem
    while piece := _read_piece(answer):
        if not there and MARKUP_PAGE.match(piece[:HEAD]):
            raise VocabularyError(
                f"{address}: is a web page, not a vocabulary; open it, and give the file's with --url"
            )
        there += len(piece)
        _refuse_size(address, there, limits)
        file.write(piece)
        if progress is not None:
            progress(name, there, total)


def _read_piece(answer: Any) -> bytes:
    try:
        return bytes(answer.read(PIECE))
    except (http.client.HTTPException, OSError) as error:
        raise _BrokenOffError(f"the connection broke off ({error or type(error).__name__})") from None


@contextlib.contextmanager
def _asking(address: str, there: int, validator: str, limits: Limits) -> Iterator[Any]:
    """Give the answer of the server: the whole file, the rest of it, or that there is no such rest."""
    headers = {"User-Agent": f"oncograph/{version('oncograph')}", "Accept-Encoding": "identity", "Accept": "*/*"}
    if there:
        headers |= {"Range": f"bytes={there}-", "If-Range": validator}
    request = urllib.request.Request(address, headers=headers)
    try:
        answer = _open_web().open(request, timeout=limits.silence)
    except urllib.error.HTTPError as error:
        if error.code != NOT_SATISFIABLE or not there:
            error.close()
            raise _explain_status(address, error) from None
        answer = error
    except urllib.error.URLError as error:
        raise _explain_failure(address, error.reason) from None
    except (http.client.HTTPException, OSError) as error:
        raise _explain_failure(address, error) from None
    with answer:
        yield answer


def _open_web() -> urllib.request.OpenerDirector:
    """Give what opens web addresses, and no others: `build_opener` would open files and FTP as well."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _WebRedirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _explain_status(address: str, error: urllib.error.HTTPError) -> Exception:
    said = f"{error.code} {error.reason}".strip()
    if error.code in PASSING:
        wait = error.headers.get("Retry-After") or ""
        return _BrokenOffError(
            f"the server has a fault or too much to do ({said})", float(wait) if wait.isdigit() else 0
        )
    if error.code in GONE:
        return VocabularyError(f"{address}: there is no such file ({said}); look where it is now, give that with --url")
    if error.code in REDIRECTED:
        return VocabularyError(f"{address}: leads in a circle or to no web address ({said}); give another with --url")
    return VocabularyError(
        f"{address}: the server refuses it ({said}); download it in a browser and use vocabulary add"
    )


def _explain_failure(address: str, reason: object) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return VocabularyError(
            f"{address}: the server's certificate is not valid ({reason.verify_message}); check the date, the address "
            "and the proxy"
        )
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    if isinstance(reason, (ConnectionError, TimeoutError, http.client.HTTPException)):
        return _BrokenOffError(f"cannot be reached ({said})")
    return VocabularyError(f"{address}: cannot be reached ({said}); check the address, the network and the proxy")


def _refuse_other_schemes(address: str, *, came_from: str = "") -> None:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme.lower() not in SCHEMES or not parts.hostname:
        where = f"{came_from}: leads to {address}, which" if came_from else f"{address}:"
        raise VocabularyError(f"{where} is no web address; give one that begins with https:// with --url")


def _refuse_size(address: str, size: int, limits: Limits) -> None:
    if size > limits.size:
        raise VocabularyError(
            f"{address}: has more than {limits.size:,} bytes; download it by other means and use vocabulary add"
        )


def _to_validator(headers: Message) -> str:
    """Give what `If-Range` may hold; a weak ETag may not (RFC 9110, section 13.1.5)."""
    tag = str(headers.get("ETag") or "")
    return tag if tag.startswith('"') else str(headers.get("Last-Modified") or "")


def _first_byte(headers: Message) -> int:
    found = re.match(r"bytes (\d+)-", str(headers.get("Content-Range") or ""))
    return int(found[1]) if found else -1


def _all_bytes(headers: Message) -> int:
    found = re.fullmatch(r"bytes \*/(\d+)", str(headers.get("Content-Range") or ""))
    return int(found[1]) if found else -1


def _put_in_place(address: str, part: _Part, target: Path, limits: Limits) -> None:
    """Give the whole file its name; of a ZIP file, what is in it."""
    with part.path.open("rb") as file:
        packed = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    if packed:
        draft = target.with_name(f".{target.name}")
        try:
            _unpack(address, part.path, draft, limits)
            draft.replace(target)
        except VocabularyError:
            part.remove()
            raise
        finally:
            draft.unlink(missing_ok=True)
    else:
        part.path.replace(target)
    part.remove()


def _unpack(address: str, archive: Path, draft: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [one for one in opened.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
            if len(files) != 1:
                named = ", ".join(one.filename for one in files[:5])
                raise VocabularyError(
                    f"{address}: is a ZIP file of {len(files)} files ({named}); unpack it and use vocabulary add"
                )
            _refuse_size(address, files[0].file_size, limits)
            with opened.open(files[0]) as packed, draft.open("wb") as file:
                shutil.copyfileobj(packed, file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise VocabularyError(f"{address}: the ZIP file is damaged or locked ({error}); fetch it again") from None


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Let one process at a time fetch a file."""
    with _writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.with_name(f".{target.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise VocabularyError(f"{target}: another oncograph is fetching it; wait until it is done") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say what is wrong with the disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise VocabularyError(
                f"{folder}: the disk is full; make room and run it again, it goes on from there"
            ) from None
        raise VocabularyError(
            f"{folder}: cannot be written to ({error.strerror}); choose another with --vocabularies"
        ) from None
