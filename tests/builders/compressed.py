"""Compressed content in the image of tools that a machine may not have."""

import struct
import sys
import zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a BGZF file (SAM specification, 4.1.2)."""


def bgzip(content, block=65280):
    """Members that say their own size in an extra field (SAM specification, 4.1)."""
    members = (content[at : at + block] for at in range(0, len(content), block))
    return b"".join(map(_bgzf_member, members)) + BGZF_END


def _bgzf_member(piece):
    packer = zlib.compressobj(wbits=-15)
    data = packer.compress(piece) + packer.flush()
    head = struct.pack("<4B I 2B H 2B 2H", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(data) + 25)
    return head + data + struct.pack("<2I", zlib.crc32(piece), len(piece))


def pigz(content, block=128 << 10):
    """One member, flushed after each block that another thread compressed."""
    packer = zlib.compressobj(wbits=31)
    out = b""
    for at in range(0, len(content), block):
        out += packer.compress(content[at : at + block]) + packer.flush(zlib.Z_FULL_FLUSH)
    return out + packer.flush()


def pzstd(content, block=1 << 17):
    """Frames, each after a skippable one that says its size (zstd, contrib/pzstd)."""
    out = b""
    for at in range(0, len(content), block):
        frame = zstd.compress(content[at : at + block])
        out += struct.pack("<3I", 0x184D2A50, 4, len(frame)) + frame
    return out
