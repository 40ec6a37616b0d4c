"""The trainers that are compared, each run in a process of its own.

`python -m benchmarks.trainers JOB.json` trains as the job says, writes the vectors beside it, and
prints what it took as JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from w2v import workbook
from w2v.corpus import Corpus
from w2v.training import train
from w2v.vocabulary import Vocabulary, keep_probabilities, noise_distribution

NOTEBOOKS = Path(__file__).parents[1] / "notebooks" / "word2vec"
Result = tuple[np.ndarray, np.ndarray, float, int]
"""V, U, the seconds of training, and the words of the text seen in them."""


def course(corpus: Corpus, job: dict[str, Any]) -> Result:
    """This package, with the solution of notebook 07."""
    workbook._workbook = workbook.Workbook(None, NOTEBOOKS)
    settings = {"dimension": job.get("dimension", 100), "seconds": job.get("seconds")}
    model = train(
        corpus,
        epochs=job["epochs"],
        learning_rate=job["rate"],
        seed=job["seed"],
        workers=job["workers"],
        progress=False,
        **settings,
    )
    return model.vectors.matrix, model.outside, model.seconds, model.words


def gensim(corpus: Corpus, job: dict[str, Any]) -> Result:
    """gensim's Word2Vec, given the sentences as lists in memory."""
    from gensim.models import Word2Vec

    names = [str(number) for number in range(len(corpus.vocabulary))]
    sentences = [[names[w] for w in corpus.sentence(i)] for i in range(len(corpus.starts) - 1)]
    model = Word2Vec(
        vector_size=100,
        window=5,
        negative=5,
        sample=1e-3,
        min_count=1,
        sg=1,
        alpha=job["rate"],
        min_alpha=1e-4,
        seed=job["seed"] + 1,
        workers=job["workers"],
    )
    model.build_vocab_from_freq(
        dict(zip(names, corpus.vocabulary.counts.tolist(), strict=True)),
        corpus_count=len(sentences),
    )
    began = time.perf_counter()
    model.train(
        sentences,
        total_words=len(corpus.tokens),
        total_examples=len(sentences),
        epochs=job["epochs"],
    )
    seconds = time.perf_counter() - began
    order = [model.wv.key_to_index[name] for name in names]
    words = job["epochs"] * len(corpus.tokens)
    return model.wv.vectors[order], model.syn1neg[order], seconds, words


def numba(corpus: Corpus, job: dict[str, Any]) -> Result:
    """One compiled loop over all pairs, as simple as it can be."""
    from numba import njit

    @njit(fastmath=True)
    def epoch(tokens, starts, keep, noise, V, U, rate, last_rate, seed):  # type: ignore
        np.random.seed(seed)
        d = V.shape[1]
        step = np.empty(d, np.float32)
        kept = np.empty(1 + np.max(np.diff(starts)), np.int32)
        for s in range(len(starts) - 1):
            size = 0
            for i in range(starts[s], starts[s + 1]):
                if np.random.random() < keep[tokens[i]]:
                    kept[size] = tokens[i]
                    size += 1
            alpha = np.float32(rate + (last_rate - rate) * starts[s] / len(tokens))
            for t in range(size):
                c = kept[t]
                reach = np.random.randint(1, 6)
                for j in range(max(0, t - reach), min(size, t + reach + 1)):
                    if j == t:
                        continue
                    o = kept[j]
                    step[:] = 0
                    for k in range(6):
                        w = o
                        if k > 0:
                            w = noise[np.random.randint(0, len(noise))]
                            if w == o:
                                continue
                        z = np.float32(0)
                        for i in range(d):
                            z += V[c, i] * U[w, i]
                        g = np.float32(1 / (1 + np.exp(-z))) - np.float32(k == 0)
                        for i in range(d):
                            step[i] += g * U[w, i]
                            U[w, i] -= alpha * g * V[c, i]
                    for i in range(d):
                        V[c, i] -= alpha * step[i]

    counts = corpus.vocabulary.counts
    n = len(counts)
    rng = np.random.default_rng(job["seed"])
    V = rng.uniform(-0.01, 0.01, (n, 100)).astype(np.float32)
    U = np.zeros_like(V)
    keep = keep_probabilities(counts)
    noise = rng.permutation(rng.choice(n, 1 << 22, p=noise_distribution(counts))).astype(np.int32)
    few = np.array([0, 2], np.int64)
    epoch(corpus.tokens[:2], few, keep, noise, V.copy(), U.copy(), 0.1, 0.1, 0)  # compiles
    epochs, rate = job["epochs"], job["rate"]
    began = time.perf_counter()
    for e in range(epochs):
        here, following = (rate + (1e-4 - rate) * part / epochs for part in (e, e + 1))
        epoch(corpus.tokens, corpus.starts, keep, noise, V, U, here, following, e)
    return V, U, time.perf_counter() - began, epochs * len(corpus.tokens)


def dense(corpus: Corpus, job: dict[str, Any]) -> Result:
    """The loop of the usual assignment: pair by pair in Python, gradients of shape (n, d)."""
    workbook._workbook = workbook.Workbook(None, NOTEBOOKS)
    model = train(corpus, epochs=1, method="pairs", seconds=job["seconds"], progress=False)
    return model.vectors.matrix, model.outside, model.seconds, model.words


TRAINERS: dict[str, Callable[[Corpus, dict[str, Any]], Result]] = {
    "course": course,
    "gensim": gensim,
    "numba": numba,
    "dense": dense,
}


def main(file: str) -> None:
    path = Path(file)
    job = json.loads(path.read_text())
    with np.load(job["corpus"]) as arrays:
        counts = arrays["counts"]
        vocabulary = Vocabulary([str(number) for number in range(len(counts))], counts)
        corpus = Corpus("benchmark", vocabulary, arrays["tokens"], arrays["starts"])
    V, U, seconds, words = TRAINERS[job["trainer"]](corpus, job)
    np.savez(path.with_suffix(".npz"), V=V, U=U)
    print(json.dumps({"seconds": seconds, "words": words, "megabytes": peak_memory()}))


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says includes the process that started this one
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(held.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1])
