"""Arrays of an .npz file, mapped into memory: processes of one machine that read it share its pages."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_LARGE = 2**20  # bytes from which on it is worth while
_LOCAL_HEADER = 30  # bytes before a member's name; the lengths of name and extra field are its last four


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays by name; large ones of bytes are mapped (read-only) where the file keeps them as they are.

    What was compressed is read. Raises OSError, ValueError, zipfile.BadZipFile, EOFError or KeyError for what
    is no such file.
    """
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        members = {one.filename.removesuffix(".npy"): one for one in file.zip.infolist()}
        return {name: _mapped(path, members[name]) if _fits(members[name]) else file[name] for name in file}


def _fits(member: zipfile.ZipInfo) -> bool:
    return member.compress_type == zipfile.ZIP_STORED and member.file_size >= _LARGE


def _mapped(path: Path, member: zipfile.ZipInfo) -> NDArray[Any]:
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        header = stream.read(_LOCAL_HEADER)
        stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        version = npy.read_magic(stream)
        read: Any = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, kind = read(stream)
        if kind.hasobject:
            raise ValueError(f"{member.filename} holds Python objects")
        return np.memmap(path, kind, "r", stream.tell(), shape, "F" if fortran else "C")
