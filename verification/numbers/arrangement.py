"""How an array lies in memory, so that it can be made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Self

from reference.arithmetic.types import Array


@dataclass(frozen=True)
class Arrangement:
    """The shape of an array, its strides and offset in bytes, and how long its memory is."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
    length: int
    writeable: bool

    @classmethod
    def of(cls, array: Array) -> Self:
        """That of an array."""
        owner = array
        while owner.base is not None and hasattr(owner.base, "ctypes"):
            owner = owner.base
        offset = array.ctypes.data - owner.ctypes.data
        return cls(array.shape, array.strides, offset, owner.nbytes, bool(array.flags.writeable))

    @classmethod
    def flat(cls, size: int, itemsize: int) -> Self:
        """That of an array of one dimension, by itself."""
        return cls((size,), (itemsize,), 0, size * itemsize, writeable=True)

    @property
    def size(self) -> int:
        """How many elements it has."""
        return prod(self.shape)

    def is_plain(self, itemsize: int) -> bool:
        """Whether its elements follow one another from the beginning of its memory, if any."""
        if not self.size:
            return True
        strides = [itemsize * prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        is_whole = self.offset == 0 and self.length == itemsize * self.size
        return is_whole and self.writeable and [*self.strides] == strides

    @property
    def period(self) -> int:
        """How many elements there are before they repeat, as rows of stride 0 do."""
        own = [1 if stride == 0 else count for count, stride in self._axes()]
        return prod(own)

    def _axes(self) -> Sequence[tuple[int, int]]:
        return list(zip(self.shape, self.strides, strict=True))


@dataclass(frozen=True)
class Arranged:
    """How the arguments of a call lie in memory, and the place of an element in them."""

    arrays: tuple[Arrangement, ...]
    place: int
