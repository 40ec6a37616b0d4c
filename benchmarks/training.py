"""The trainer of this course against others: speed, memory, and the quality of the vectors.

    python -m benchmarks.training [CORPUS ...] [--repetitions 5] [--epochs 3]

CORPUS is a name that `w2v.datasets` knows or a text file; several are put together. Sentences are
shuffled, and one in twenty is held out. Every training is a process of its own with one BLAS
thread, the trainers take turns, and the table goes to docs/benchmark.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from w2v.corpus import Corpus, encode
from w2v.datasets import open_corpus, packaged
from w2v.evaluation import held_out_loss, split
from w2v.vectors import WordVectors, read_analogies, read_pairs

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "benchmark.md"
COMPARED = {
    "this course, 1 worker": ("course", 1),
    "gensim, 1 worker": ("gensim", 1),
    "this course, 2 workers": ("course", 2),
    "gensim, 2 workers": ("gensim", 2),
    "Numba, loop over pairs": ("numba", 1),
    "Python, pairs, dense gradients": ("dense", 1),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpora", nargs="*", default=["documentation"])
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments.add_argument("--epochs", type=int, default=3)
    arguments.add_argument("--rates", type=float, nargs="+", default=[0.025])
    arguments.add_argument("--title", default="")
    arguments.add_argument("--note", default="", help="a remark on the machine")
    options = arguments.parse_args()
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        corpus = load(options.corpora)
        sections: list[Callable[[], str]] = [
            lambda: f"# Benchmark of the trainer\n\n{machine(options.note)}",
            lambda: comparison(bench, corpus, options),
            lambda: planted(bench, min(3, options.repetitions)),
            lambda: scaling(bench),
            lambda: bench.alone(limits),
        ]
        parts = []
        for section in sections:
            parts.append(section())
            REPORT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"Written: {REPORT}")


class Bench:
    """Runs trainings, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

    def alone(self, section: Callable[[], str]) -> str:
        """What a function of this file returns in a process with one BLAS thread."""
        name = section.__name__
        command = [sys.executable, "-c", f"from benchmarks.training import *; print({name}())"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True, text=True
        )
        return done.stdout.strip()

    def keep(self, name: str, corpus: Corpus) -> str:
        path = self.folder / f"{name}.npz"
        counts = corpus.vocabulary.counts
        np.savez(path, tokens=corpus.tokens, starts=corpus.starts, counts=counts)
        return str(path)

    def run(self, trainer: str, corpus: str, **job: Any) -> dict[str, Any]:
        path = self.folder / "job.json"
        job = {"epochs": 1, "rate": 0.025, "seed": 0, "workers": 1, **job}
        path.write_text(json.dumps({"trainer": trainer, "corpus": corpus, **job}))
        command = [sys.executable, "-m", "benchmarks.trainers", str(path)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True, text=True
        )
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        with np.load(path.with_suffix(".npz")) as arrays:
            result["V"], result["U"] = arrays["V"], arrays["U"]
        result["speed"] = result["words"] / result["seconds"]
        return result


def load(corpora: Iterable[str]) -> Corpus:
    """All sentences of the corpora, shuffled."""
    with TemporaryDirectory() as folder:
        for number, name in enumerate(corpora):
            (Path(folder) / f"{number}.txt").write_bytes(Path(open_corpus(name)).read_bytes())
        return shuffled(encode(folder))


def shuffled(corpus: Corpus) -> Corpus:
    order = np.random.default_rng(0).permutation(len(corpus.starts) - 1)
    sentences = [corpus.sentence(number) for number in order]
    starts = np.append(0, np.cumsum([len(sentence) for sentence in sentences]))
    return Corpus(corpus.name, corpus.vocabulary, np.concatenate(sentences), starts)


def comparison(bench: Bench, corpus: Corpus, options: argparse.Namespace) -> str:
    training, held_out = split(corpus)
    path = bench.keep("training", training)
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for seed in range(options.repetitions):
        for rate in options.rates:
            for name, (trainer, workers) in COMPARED.items():
                few = trainer not in ("course", "gensim")  # context: once is enough
                if few and (rate != options.rates[0] or seed > 0):
                    continue
                job = {"epochs": options.epochs, "rate": rate, "seed": seed, "workers": workers}
                if trainer == "dense":
                    job["seconds"] = 5
                result = bench.run(trainer, path, **job)
                row = found[f"{name}, rate {rate}" if len(options.rates) > 1 else name]
                row["speed"].append(result["speed"])
                row["memory"].append(result["megabytes"])
                if trainer != "dense":
                    judge(row, result, corpus, held_out)
                print(
                    name, rate, seed, {key: values[-1] for key, values in row.items()}, flush=True
                )
    lines = [
        f"## {options.title or ', '.join(Path(name).name for name in options.corpora)}\n",
        f"{len(training.tokens):,} tokens of {len(corpus.vocabulary):,} words to train on, "
        f"{len(held_out.tokens):,} held out; dimension 100, window 5, 5 negatives, subsampling "
        f"1e-3, minimum count 5, {options.epochs} epochs, learning rate falling from "
        f"{' or '.join(map(str, options.rates))}; {options.repetitions} repetitions, each with "
        "another seed (the last two trainers once). Speed: tokens in the vocabulary per second of "
        "training, median (range); quality: mean ± standard deviation over the seeds.\n",
        "| trainer | tokens/s | to gensim | held-out loss | to gensim | WordSim-353 | SimLex-999 "
        "| memory, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in found.items():
        rival = found.get(name.replace("this course", "gensim"))
        lines.append(f"| {name} | " + " | ".join(columns(row, rival)) + " |")
    coverage = "; ".join(f"{test}: {used} of {pairs}" for test, (used, pairs) in COVERAGE.items())
    return "\n".join(lines) + f"\n\nPairs with both words in the vocabulary: {coverage}."


COVERAGE: dict[str, tuple[int, int]] = {}


def judge(row: dict[str, list[Any]], result: dict[str, Any], corpus: Corpus, held: Corpus) -> None:
    """Held-out loss and agreement with people of one result."""
    from gensim.test.utils import datapath

    row["loss"].append(held_out_loss(result["V"], result["U"], held))
    vectors = WordVectors(corpus.vocabulary.words, result["V"])
    for name, file in (("WordSim-353", "wordsim353.tsv"), ("SimLex-999", "simlex999.txt")):
        agreement = vectors.similarity_correlation(read_pairs(datapath(file)))
        row[name].append(agreement.rho)
        COVERAGE[name] = agreement.used, agreement.pairs


def columns(row: dict[str, list[Any]], rival: dict[str, list[Any]] | None) -> list[str]:
    speeds = row["speed"]
    compared = rival is not None and rival is not row
    cells = [f"{median(speeds):,.0f} ({min(speeds):,.0f} to {max(speeds):,.0f})"]
    if compared and rival:
        ratios = [a / b for a, b in zip(speeds, rival["speed"], strict=True)]
        cells.append(f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    else:
        cells.append("")
    cells.append(spread(row.get("loss"), 4))
    cells.append(
        f"{100 * (mean(row['loss']) / mean(rival['loss']) - 1):+.2f}%"
        if compared and rival and row.get("loss")
        else ""
    )
    cells += [spread(row.get(test), 3) for test in ("WordSim-353", "SimLex-999")]
    return [*cells, f"{median(row['memory']):,.0f}"]


def spread(values: list[float] | None, digits: int) -> str:
    return f"{mean(values):.{digits}f} ± {np.std(values):.{digits}f}" if values else ""


def planted(bench: Bench, repetitions: int) -> str:
    """Analogies of the planted corpus after 30 epochs."""
    corpus = encode(open_corpus("planted"))
    questions = read_analogies(packaged("planted_analogies.txt"))
    path = bench.keep("planted", corpus)
    lines = [
        "## Planted analogies\n",
        f"The planted corpus, {len(corpus.tokens):,} tokens, 30 epochs: share of the analogies "
        "answered against the whole vocabulary, and seconds of training (median).\n",
        "| trainer | answered | seconds |",
        "|---|---|---|",
    ]
    for name in ("course", "gensim"):
        results = [bench.run(name, path, epochs=30, seed=seed) for seed in range(repetitions)]
        shares = [
            WordVectors(corpus.vocabulary.words, r["V"]).analogy_accuracy(questions).accuracy
            for r in results
        ]
        seconds = median(r["seconds"] for r in results)
        lines.append(f"| {name} | {mean(shares):.1%} ± {np.std(shares):.1%} | {seconds:.1f} |")
    return "\n".join(lines)


def generated(words: int, tokens: int) -> Corpus:
    """Words drawn from Zipf's law, in sentences of twenty: for speed alone."""
    from w2v.vocabulary import Vocabulary

    rng = np.random.default_rng(0)
    p = 1 / (np.arange(words) + 2.7)
    numbers = rng.choice(words, tokens, p=p / p.sum()).astype(np.int32)
    counts = np.bincount(numbers, minlength=words) + 1
    starts = np.append(np.arange(0, tokens, 20), tokens)
    return Corpus("generated", Vocabulary([""] * words, counts), numbers, starts)


def scaling(bench: Bench) -> str:
    """Microseconds per token of this trainer on generated text, one worker."""
    lines = [
        "## Scaling\n",
        "This trainer on generated text (words drawn from Zipf's law), one worker, one epoch.\n",
        "| tokens | words | dimension | µs per token | memory, MB |",
        "|---|---|---|---|---|",
    ]
    for tokens, words, dimension in [
        (1_000_000, 20_000, 100),
        (4_000_000, 20_000, 100),
        (1_000_000, 2_000, 100),
        (1_000_000, 200_000, 100),
        (1_000_000, 20_000, 50),
        (1_000_000, 20_000, 200),
        (1_000_000, 20_000, 300),
    ]:
        path = bench.keep("generated", generated(words, tokens))
        result = bench.run("course", path, dimension=dimension)
        lines.append(
            f"| {tokens:,} | {words:,} | {dimension} | {1e6 / result['speed']:.2f} "
            f"| {result['megabytes']:,.0f} |"
        )
    return "\n".join(lines)


def best(work: Any, calls: int, repetitions: int = 30) -> float:
    """Seconds of one call, the fastest of many."""
    times = []
    for _ in range(repetitions):
        began = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - began) / calls)
    return min(times)


def limits() -> str:
    """Where the time of a block goes, and what the machine could do at most."""
    from benchmarks.trainers import NOTEBOOKS
    from w2v import workbook
    from w2v.descent import direct
    from w2v.exercises.batches import batch_gradients
    from w2v.rows import subtract_rows
    from w2v.sampling import Chunks, Sampler

    workbook._workbook = workbook.Workbook(None, NOTEBOOKS)
    gradients = direct(workbook.answer(batch_gradients))
    corpus = generated(20_000, 300_000)
    chunks, sampler = Chunks(corpus, 0), Sampler(corpus.vocabulary.counts, 5, 5, 1e-3)
    rng = np.random.default_rng(0)
    stream = sampler.stream(*chunks.read(0), rng)
    block = next(sampler.blocks(stream, rng))
    V = rng.normal(size=(20_000, 100)).astype(np.float32)
    v, u = V[block.centers], V[block.targets]
    dV, dU = gradients(v, u, block.Y, block.W)
    G = block.Y.copy()
    big = rng.normal(size=(1000, 1000)).astype(np.float32)
    peak = 2e9 / best(lambda: big @ big, 2)
    large = rng.normal(size=20_000_000).astype(np.float32)
    bandwidth = 2 * large.nbytes / best(large.copy, 1, 10)
    count = sampler.count(stream)

    def sample() -> None:
        tokens, begins = chunks.read(0)
        for _ in sampler.blocks(sampler.stream(tokens, begins, rng), rng):
            pass

    def products() -> None:
        v @ u.T, G @ u, G.T @ v

    def gather() -> None:
        V.take(block.centers, axis=0), V.take(block.targets, axis=0)

    def scatter() -> None:
        subtract_rows(V, block.centers, dV, 1e-9)
        subtract_rows(V, block.targets, dU, 1e-9)

    of_products = best(products, 50)
    parts = {
        "matrix products": of_products,
        "the rest of batch_gradients": best(lambda: gradients(v, u, block.Y, block.W), 50)
        - of_products,
        "sampling": best(sample, 1) / count,
        "gathering rows": best(gather, 50),
        "scattering rows": best(scatter, 50),
    }
    total = sum(parts.values())
    flops = 6 * v.shape[0] * u.shape[0] * v.shape[1]
    moved = 3 * (v.nbytes + u.nbytes)
    lines = [
        "## Where the time goes\n",
        f"One block ({v.shape[0]} centers, {u.shape[0]} targets, dimension 100), 20,000 words, "
        "the fastest of many runs:\n",
        "| part | µs | share |",
        "|---|---|---|",
        *(f"| {name} | {1e6 * t:.1f} | {t / total:.0%} |" for name, t in parts.items()),
        f"| all | {1e6 * total:.1f} | |",
        "",
        f"Large matrix products reach {peak / 1e9:.0f} Gflop/s here and copying "
        f"{bandwidth / 1e9:.1f} GB/s. The block's products alone run at "
        f"{flops / of_products / peak:.0%} of the former, and the whole step at "
        f"{flops / total / peak:.0%}; its rows, read once and updated once, are "
        f"{moved / total / bandwidth:.0%} of the latter.",
    ]
    return "\n".join(lines)


def machine(note: str) -> str:
    names = ("numpy", "scipy", "gensim", "numba")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    text = (
        f"Made by `python -m benchmarks.training` on {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {versions}. BLAS has one thread throughout. {note}"
    )
    return text.strip()


if __name__ == "__main__":
    main()
