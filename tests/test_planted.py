"""The planted corpus: what is promised of it in data/README.md."""

import importlib.util
import re
from collections import Counter
from hashlib import sha256
from itertools import permutations

import pytest

from w2v.datasets import packaged
from w2v.vectors import WordVectors, read_analogies

FILES = ["planted.txt", "planted_analogies.txt"]


@pytest.fixture(scope="module")
def grammar():
    spec = importlib.util.spec_from_file_location("make_planted", packaged("make_planted.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sentences():
    return [line.split() for line in packaged("planted.txt").read_text().splitlines()]


@pytest.fixture(scope="module")
def analogies():
    return read_analogies(packaged("planted_analogies.txt"))


def test_the_script_writes_the_same_bytes(grammar):
    assert packaged("planted.txt").read_bytes() == grammar.make_corpus().encode()
    assert packaged("planted_analogies.txt").read_bytes() == grammar.make_analogies().encode()


def test_another_seed_gives_other_bytes(grammar):
    assert grammar.make_corpus(seed=1) != grammar.make_corpus()


def test_the_script_writes_beside_itself(grammar, tmp_path, monkeypatch):
    monkeypatch.setattr(grammar, "__file__", str(tmp_path / "make_planted.py"))
    grammar.main()
    for name in FILES:
        assert (tmp_path / name).read_bytes() == packaged(name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_the_readme_states_the_hash(name):
    digest = sha256(packaged(name).read_bytes()).hexdigest()
    assert re.search(rf"`{name}` .*`{digest}`", packaged("README.md").read_text(encoding="utf-8"))


def test_the_readme_states_the_sizes(sentences, analogies):
    readme = packaged("README.md").read_text(encoding="utf-8")
    words = Counter(word for sentence in sentences for word in sentence)
    assert f"{len(sentences):,} English-like sentences" in readme
    assert f"{words.total():,} words, {len(words)} different ones" in readme
    assert f"{sum(map(len, analogies.values()))} analogy questions" in readme


def test_every_word_is_frequent_enough_to_be_learnt(sentences):
    assert min(Counter(word for sentence in sentences for word in sentence).values()) >= 40


def test_the_members_of_a_pair_never_meet(grammar, sentences):
    together = {pair for sentence in sentences for pair in permutations(set(sentence), 2)}
    pairs = {pair for relation in grammar.RELATIONS.values() for pair in relation["pairs"]}
    assert pairs.isdisjoint(together)


def test_no_word_belongs_to_two_things(grammar):
    relations = grammar.RELATIONS.values()
    words = [word for relation in relations for pair in relation["pairs"] for word in pair]
    words += [word for cluster, _ in grammar.CLUSTERS.values() for word in cluster]
    assert len(words) == len(set(words))


def test_every_question_is_planted(grammar, analogies):
    assert analogies.keys() == grammar.RELATIONS.keys()
    for name, questions in analogies.items():
        pairs = grammar.RELATIONS[name]["pairs"].keys()
        assert len(set(questions)) == len(questions) == len(pairs) * (len(pairs) - 1)
        assert {(a, b) for a, b, _, _ in questions} == {(c, d) for _, _, c, d in questions} == pairs


@pytest.fixture(scope="module", params=[1, 2])
def vectors(request, sentences):
    models = pytest.importorskip("gensim.models")
    model = models.Word2Vec(
        sentences,
        vector_size=64,
        window=5,
        sg=1,
        hs=0,
        negative=5,
        sample=0,
        min_count=1,
        alpha=0.05,
        epochs=8,
        seed=request.param,
        workers=1,
    )
    return WordVectors(model.wv.index_to_key, model.wv.vectors)


def test_a_skip_gram_model_finds_the_relations(vectors, analogies):
    score = vectors.analogy_accuracy(analogies)
    assert score.skipped == 0
    assert score.accuracy > 0.95
    assert all(correct / asked > 0.9 for correct, asked in score.sections.values())


def test_a_skip_gram_model_finds_the_clusters(vectors, grammar):
    for words, _ in grammar.CLUSTERS.values():
        near = [other for word in words for other, _ in vectors.nearest(word, 3)]
        assert sum(other in words for other in near) > 0.9 * len(near)
