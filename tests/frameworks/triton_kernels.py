"""Kernels in Triton, right and wrong ones, as functions of PyTorch's tensors on a GPU."""

import torch
import triton
from triton import language as tl

BLOCK = 1024


@triton.jit
def _relu(x_ptr, y_ptr, n, BLOCK: tl.constexpr):  # noqa: N803  Triton's custom
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + place, place < n)
    tl.store(y_ptr + place, tl.where(x < 0, 0.0, x), place < n)


@triton.jit
def _leaky_relu(x_ptr, y_ptr, n, BLOCK: tl.constexpr):  # noqa: N803  Triton's custom
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + place, place < n)
    tl.store(y_ptr + place, tl.where(x < 0, x * 0.01, x), place < n)


@triton.jit
def _silu(x_ptr, y_ptr, n, BLOCK: tl.constexpr):  # noqa: N803  Triton's custom
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + place, place < n).to(tl.float32)
    tl.store(y_ptr + place, x * tl.sigmoid(1.7 * x), place < n)


@triton.jit
def _unmasked(x_ptr, y_ptr, n, BLOCK: tl.constexpr):  # noqa: N803  Triton's custom
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + place, place < n - 1)
    tl.store(y_ptr + place, tl.where(x < 0, 0.0, x), place < n - 1)


def _launched(kernel, x):
    x = x.contiguous()
    y = torch.zeros_like(x)
    if x.numel():
        kernel[(triton.cdiv(x.numel(), BLOCK),)](x, y, x.numel(), BLOCK=BLOCK)
    return y


def relu(x):
    """Right."""
    return _launched(_relu, x)


def leaky_relu(x):
    """Right."""
    return _launched(_leaky_relu, x)


def scaled_silu(x):
    """Wrong: its argument is scaled."""
    return _launched(_silu, x)


def relu_but_the_last(x):
    """Wrong: the mask ends an element too early."""
    return _launched(_unmasked, x)
