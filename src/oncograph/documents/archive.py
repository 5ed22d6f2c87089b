"""Tar archives, as PubMed Central gives its articles: each member is read as a file is, none is written to disk."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Self

from oncograph.documents.content import Content
from oncograph.documents.find import is_junk
from oncograph.documents.naming import DocumentFile, RecordNames, stem, to_unicode
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.model import Document

MAX_MEMBER = 200_000_000
MAX_HEADER = 1_000_000
"""Bytes of a header that goes before another one; tarfile holds it in memory whatever size it claims."""

ReadMember = Callable[[DocumentFile, bytes], Iterator[Document | Refusal]]


def read_archive(content: Content, read_member: ReadMember) -> Iterator[Document | Refusal]:
    """Read the members of an archive in their order, with no more than one of them in memory.

    Links, devices and names that lead out of the archive are refused; a damaged header costs its own member.
    """
    names = RecordNames(content.file.id)
    empty = True
    with content.open() as stream:
        try:
            archive = _Archive.open(fileobj=stream, mode="r|", tarinfo=_Member, ignore_zeros=True)
            for member in _find_members(archive):
                empty = False
                if archive.damaged:
                    yield _tell_damage(content, archive)
                yield from _read_one(content, archive, member, names, read_member)
            if archive.damaged:
                yield _tell_damage(content, archive)
        except tarfile.TarError as error:
            raise UnreadableError(f"is a damaged archive ({show(str(error))}); fetch it again") from error
    if empty:
        raise UnreadableError("is an archive with nothing in it; fetch it again")
    if not archive.ended:
        raise UnreadableError("is an archive cut off before its end; fetch it again")


class _Archive(tarfile.TarFile):
    """An archive that notes what was passed over.

    Attributes:
        damaged: The byte at which what cannot be read begins; 0 if there is nothing.
        ended: Whether the mark of the end was seen.
    """

    damaged = 0
    ended = False


class _Member(tarfile.TarInfo):
    """A member whose header, if it is damaged, is noted and passed over."""

    @classmethod
    def fromtarfile(cls, tarfile_: _Archive) -> Self:  # type: ignore[override]
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            tarfile_.ended = True
            raise
        except (tarfile.InvalidHeaderError, tarfile.SubsequentHeaderError, ValueError) as error:  # type: ignore[attr-defined]
            tarfile_.damaged = tarfile_.damaged or max(tarfile_.fileobj.tell() - tarfile.BLOCKSIZE, 1)
            raise tarfile.InvalidHeaderError(str(error)) from error  # type: ignore[attr-defined]

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        goes_before = member.type not in tarfile.SUPPORTED_TYPES or member.type in tarfile.GNU_TYPES
        if member.size < 0 or (goes_before and not member.issparse() and member.size > MAX_HEADER):
            raise tarfile.InvalidHeaderError("a header of impossible size")  # type: ignore[attr-defined]
        return member


def _find_members(archive: _Archive) -> Iterator[tarfile.TarInfo]:
    while (member := archive.next()) is not None:
        yield member
        archive.members.clear()  # type: ignore[attr-defined]


def _tell_damage(content: Content, archive: _Archive) -> Refusal:
    place, archive.damaged = archive.damaged, 0
    return Refusal(show(content.file.path), f"the header at byte {place:,} is damaged and its member left out")


def _read_one(
    content: Content, archive: _Archive, member: tarfile.TarInfo, names: RecordNames, read_member: ReadMember
) -> Iterator[Document | Refusal]:
    name = to_unicode(member.name)
    parts = PurePosixPath(name).parts
    if member.isdir() or any(is_junk(part) for part in parts if part != ".."):
        return
    path = Path(f"{content.file.path}/{name.lstrip('/')}")
    reason = _find_fault(member, parts)
    file_id = "" if reason else names.add(stem(name))
    if not file_id:
        yield Refusal(show(path), reason or "has the name of a member before it (suffixes do not count); rename it")
        return
    stream = archive.extractfile(member)
    data = stream.read() if stream is not None else b""
    yield from read_member(DocumentFile(path, file_id, f"{content.file.source}/{name}"), data)


def _find_fault(member: tarfile.TarInfo, parts: tuple[str, ...]) -> str:
    if member.issym() or member.islnk():
        return f"is a link to {show(member.linkname, limit=80)}; links in archives are not followed"
    if not member.isreg() or member.issparse():
        return "is no plain file; leave it out of the archive"
    if ".." in parts or parts[:1] == ("/",):
        return "has a name that leads out of its archive; pack it anew"
    if member.size > MAX_MEMBER:
        return f"is too large ({member.size / 1e6:,.0f} MB, the limit is {MAX_MEMBER / 1e6:,.0f} MB); split it"
    return ""
