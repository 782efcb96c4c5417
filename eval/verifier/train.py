"""Trains the entailment head and writes rag/verify/entailment.npz: python -m eval.verifier.train --sick FOLDER

FOLDER holds SICK-NL's train.jsonl and dev.jsonl (premise, hypothesis, label). Nothing of its test file is read. Same data and seeds
give the same weights. About three minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from rag.search.embedder import UniversalSentenceEncoder
from rag.verify.entailment import LABELS, WEIGHTS, EntailmentHead, pair_features

SEEDS, HIDDEN, EPOCHS, BATCH = 4, 176, 30, 64
#: Chosen by five-fold cross-validation on the training pairs (docs/adr/0010).
DROP_INPUT, DROP_HIDDEN, RATE, DECAY, SMOOTHING = 0.3, 0.5, 1e-3, 1e-2, 0.05


def features_of(rows: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, d) and label numbers (n,)."""
    from tqdm import tqdm

    tokens = UniversalSentenceEncoder().tokens()
    pairs = [(r["premise"], r["hypothesis"]) for r in rows]
    found = [pair_features(p, h, tokens.encode(p), tokens.encode(h)) for p, h in tqdm(pairs, desc="features", disable=None)]
    return np.stack(found), np.array([LABELS.index(r["label"]) for r in rows])


def train(x: np.ndarray, y: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and biases of one net trained on standardised features."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    drop = nn.Dropout
    net = nn.Sequential(
        *(drop(DROP_INPUT), nn.Linear(x.shape[1], HIDDEN), nn.ReLU()),
        *(drop(DROP_HIDDEN), nn.Linear(HIDDEN, HIDDEN // 2), nn.ReLU()),
        *(drop(DROP_HIDDEN), nn.Linear(HIDDEN // 2, len(LABELS))),
    )
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    loss = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    for _ in range(EPOCHS):
        shuffled = order.permutation(len(x))
        for i in range(0, len(x), BATCH):
            chosen = shuffled[i : i + BATCH]
            optimiser.zero_grad()
            loss(net(inputs[chosen]), labels[chosen]).backward()
            optimiser.step()
            schedule.step()
    layers = [m for m in net if isinstance(m, nn.Linear)]
    return [(m.weight.detach().numpy().T.copy(), m.bias.detach().numpy()) for m in layers]


def write(path: Path, nets: list[list[tuple[np.ndarray, np.ndarray]]], mean: np.ndarray, deviation: np.ndarray) -> None:
    """Weights as 8-bit integers with a scale per unit: a quarter of the size, and no measurable loss."""
    arrays = {"mean": mean, "deviation": deviation, "nets": np.array(len(nets)), "layers": np.array(len(nets[0]))}
    for n, net in enumerate(nets):
        for layer, (weight, bias) in enumerate(net):
            scale = np.abs(weight).max(axis=0) / 127 + 1e-12
            arrays |= {f"{n}.{layer}.weight": np.round(weight / scale).astype(np.int8), f"{n}.{layer}.scale": scale.astype(np.float32)}
            arrays[f"{n}.{layer}.bias"] = bias.astype(np.float32)
    np.savez_compressed(path, **arrays)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.verifier.train", description="Trains the entailment head.")
    parser.add_argument("--sick", type=Path, required=True, help="folder with SICK-NL's train.jsonl and dev.jsonl")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    files = [arguments.sick / f"{part}.jsonl" for part in ("train", "dev")]
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    x, y = features_of(rows)
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-3
    standard = np.clip((x - mean) / deviation, -4, 4).astype(np.float32)
    write(arguments.out, [train(standard, y, seed) for seed in range(SEEDS)], mean.astype(np.float32), deviation.astype(np.float32))
    head = EntailmentHead(UniversalSentenceEncoder().tokens(), arguments.out)
    seen = head.probabilities([(r["premise"], r["hypothesis"]) for r in rows[:500]]).argmax(axis=1)
    print(
        f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB; {len(rows)} pairs; {(seen == y[:500]).mean():.3f} right on seen"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
