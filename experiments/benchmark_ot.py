#!/usr/bin/env python
"""Time entropic transport against POT at equal marginal error; see ``--help``."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import ot
import torch
from torch import Tensor

from optical_pt.errors import InputError
from optical_pt.evaluation.manifest import describe_environment
from optical_pt.files import write_text
from optical_pt.ot import Entropic, cosine_cost, entropic_plan

MAX_ITERATIONS = 20_000
OURS = "optical_pt"


def main(argv: list[str] | None = None) -> int:
    options = parse(argv)
    try:
        run(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Interleaved rounds of every solver on the same problems, each with the fewest "
        "iterations (a multiple of 10) that reach the marginal error; then the share of a training "
        "step. Run it on a machine that does nothing else."
    )
    add = parser.add_argument
    add("--rounds", type=int, default=50, help="(%(default)s)")
    add(
        "--reg", type=float, nargs="+", default=[0.1, 0.05], help="in cosine distance (%(default)s)"
    )
    add("--error", type=float, default=1e-3,
        help="L1 marginal error of the worst pair of a batch (%(default)s)")  # fmt: skip
    add("--threads", type=int, help="default: torch's own choice")
    add("--device", default="cpu", help="of our solver; POT's crashes on CUDA (%(default)s)")
    add("--step-ms", type=float, help="of a training step of 16 pairs; default: MiniLM, measured")
    add("--seed", type=int, default=0, help="(%(default)s)")
    add("--output", type=Path, default=Path(__file__).parent / "results" / "ot_benchmark",
        metavar="DIR", help="(%(default)s)")  # fmt: skip
    options = parser.parse_args(argv)
    if options.rounds < 1:
        parser.error("--rounds must be positive")
    return options


@dataclass(frozen=True)
class Workload:
    """Ragged pairs, such as a batch of a training has."""

    name: str
    cost: Tensor
    source: Tensor
    target: Tensor

    @classmethod
    def make(cls, pairs: int, shortest: int, longest: int, seed: int, device: str) -> Workload:
        """Tokens of one side are those of the other in another order, with noise.

        Costs are spread as those of a MiniLM student and its teacher, and take as many iterations.
        """
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(shortest, longest + 1, (2, pairs, 1), generator=generator)
        masks = torch.arange(longest) < lengths
        target = torch.randn(pairs, longest, 16, generator=generator)
        order = torch.rand(pairs, longest, generator=generator).argsort(dim=1)
        source = target.gather(1, order[:, :, None].expand_as(target))
        source = source + 0.7 * torch.randn(source.shape, generator=generator)
        shared = 0.5 * torch.randn(pairs, 1, 16, generator=generator)
        cost = cosine_cost(source + shared, target + shared)
        name = f"{pairs} pairs {longest}x{longest}"
        if shortest < longest:
            name = f"{pairs} ragged pairs up to {longest}"
        return cls(name, cost.to(device), masks[0].to(device), masks[1].to(device))

    @property
    def marginals(self) -> tuple[Tensor, Tensor]:
        a, b = (mask / mask.sum(dim=1, keepdim=True) for mask in (self.source, self.target))
        return a, b

    def error(self, plan: Tensor) -> float:
        """L1 error of both marginals of the worst pair."""
        a, b = self.marginals
        errors = (plan.sum(dim=2) - a).abs().sum(dim=1) + (plan.sum(dim=1) - b).abs().sum(dim=1)
        return errors.max().item()


Solver = Callable[[Workload, float, int], Tensor]


def ours(work: Workload, reg: float, iterations: int) -> Tensor:
    return entropic_plan(
        work.cost, work.source, work.target, reg=reg, iterations=iterations, tolerance=0.0
    ).plan


def pot_batch(method: str) -> Solver:
    def solve(work: Workload, reg: float, iterations: int) -> Tensor:
        a, b = work.marginals
        found = ot.batch.solve_batch(
            work.cost, reg, a, b, max_iter=iterations, tol=0, method=method, grad="detach"
        )
        return found.plan

    return solve


def pot_pair_by_pair(work: Workload, reg: float, iterations: int) -> Tensor:
    plan = torch.zeros_like(work.cost)
    lengths = zip(work.source.sum(dim=1).tolist(), work.target.sum(dim=1).tolist(), strict=True)
    for i, (m, n) in enumerate(lengths):
        a, b, cost = np.full(m, 1 / m), np.full(n, 1 / n), work.cost[i, :m, :n].double().numpy()
        found = ot.sinkhorn(a, b, cost, reg, numItermax=iterations, stopThr=0, warn=False)
        plan[i, :m, :n] = torch.from_numpy(found)
    return plan


SOLVERS: dict[str, Solver] = {
    OURS: ours,
    "POT batch sinkhorn": pot_batch("sinkhorn"),
    "POT batch log_sinkhorn": pot_batch("log_sinkhorn"),
    "POT pair by pair": pot_pair_by_pair,
}


@dataclass(frozen=True)
class Row:
    """One solver on one workload; the ratio is its time over ours, with a 95% interval."""

    workload: str
    reg: float
    solver: str
    iterations: int
    error: float
    median_ms: float
    ratio: float
    low: float
    high: float


def run(options: argparse.Namespace) -> None:
    if options.threads:
        torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    works = [
        Workload.make(64, 32, 32, options.seed, options.device),
        Workload.make(128, 4, 64, options.seed, options.device),
    ]
    rows = []
    for work in works:
        for reg in options.reg:
            rows += compare(work, reg, options.error, options.rounds, options.device, rng)
            print(table(rows[-len(SOLVERS) :]), flush=True)
    share = step_share(options)
    print(share["text"])
    write(options, rows, share)


def compare(
    work: Workload, reg: float, error: float, rounds: int, device: str, rng: np.random.Generator
) -> list[Row]:
    solvers = SOLVERS if device == "cpu" else {OURS: ours}
    iterations = {name: fewest(solve, work, reg, error) for name, solve in solvers.items()}
    times: dict[str, list[float]] = {name: [] for name in solvers}
    for _ in range(rounds):
        for name in rng.permutation(list(solvers)):
            solve = solvers[name]
            times[name].append(timed(lambda: solve(work, reg, iterations[name]), device))  # noqa: B023
    mine = np.array(times[OURS])
    rows = []
    for name, solve in solvers.items():
        spent = np.array(times[name])
        picks = rng.integers(rounds, size=(2000, rounds))
        ratios = np.median(spent[picks], axis=1) / np.median(mine[picks], axis=1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        rows.append(
            Row(
                work.name,
                reg,
                name,
                iterations[name],
                work.error(solve(work, reg, iterations[name])),
                float(np.median(spent)),
                float(np.median(spent) / np.median(mine)),
                float(low),
                float(high),
            )
        )
    return rows


def fewest(solve: Solver, work: Workload, reg: float, error: float) -> int:
    """The fewest tens of iterations that reach the error, by doubling, then halving."""
    high = 1
    while not work.error(solve(work, reg, 10 * high)) <= error:
        high *= 2
        if 10 * high > MAX_ITERATIONS:
            raise InputError(f"error {error} at reg {reg} takes over {MAX_ITERATIONS} iterations")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if work.error(solve(work, reg, 10 * middle)) <= error:
            high = middle
        else:
            low = middle
    return 10 * high


def timed(call: Callable[[], object], device: str) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    call()
    if device != "cpu":
        torch.cuda.synchronize()
    return 1000 * (time.perf_counter() - start)


def step_share(options: argparse.Namespace) -> dict[str, object]:
    """Our default strategy on 16 pairs, the batch of the step, against the step."""
    work = Workload.make(16, 4, 32, options.seed, options.device)
    strategy = Entropic()
    solved = [
        timed(lambda: strategy(work.cost, work.source, work.target), options.device)
        for _ in range(max(options.rounds, 5))
    ]
    transport = float(np.median(solved))
    step, source = options.step_ms, "given"
    if step is None:
        step, source = minilm_step(options), "MiniLM forward and backward, measured"
    text = (
        f"{strategy} on {work.name}: {transport:.2f} ms, {100 * transport / step:.1f}% of a "
        f"step of {step:.0f} ms ({source})"
    )
    return {"transport_ms": transport, "step_ms": step, "step": source, "text": text}


def minilm_step(options: argparse.Namespace) -> float:
    """A forward and backward pass of 16 sentences of 32 tokens."""
    from optical_pt.models import load_minilm

    model = load_minilm(options.device)
    ids = torch.randint(1000, 20_000, (16, 32), generator=torch.Generator().manual_seed(0))

    def step() -> None:
        features = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        features = {name: value.to(options.device) for name, value in features.items()}
        model(features, task="query")["token_embeddings"].sum().backward()

    step()
    return float(np.median([timed(step, options.device) for _ in range(5)]))


def table(rows: list[Row]) -> str:
    lines = [
        "| workload | reg | solver | iterations | marginal error | median ms | times ours [95%] |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.workload} | {row.reg} | {row.solver} | {row.iterations} | {row.error:.1e} "
        f"| {row.median_ms:.2f} | {row.ratio:.2f} [{row.low:.2f}, {row.high:.2f}] |"
        for row in rows
    ]
    return "\n".join(lines)


def write(options: argparse.Namespace, rows: list[Row], share: dict[str, object]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(asdict(rows[0])), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    settings = {key: str(value) if isinstance(value, Path) else value
                for key, value in vars(options).items() if key != "output"}  # fmt: skip
    manifest = {
        **describe_environment(),
        "settings": settings,
        "threads": torch.get_num_threads(),
        "step": share,
    }
    markdown = f"{table(rows)}\n\n{share['text']}\n"
    write_text(options.output / "results.csv", text.getvalue())
    write_text(options.output / "table.md", markdown)
    write_text(options.output / "manifest.json", json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
