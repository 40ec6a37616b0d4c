"""Write the planted corpus: English-like sentences whose word relations are known exactly.

Every word of a relation is a product of two independent facts: *what* it is (king or queen, as
against boy or girl) and *which side* it is on (king or boy, as against queen or girl). The
sentences show the first by words that belong to the pair ("throne", "crown") and the second by
words that belong to the side ("he", "beard"), in the same patterns for all pairs. So the best
vectors obey king - man + woman = queen, and the same for every pair of every relation. The words
of a cluster ("rain", "snow") are used alike and so must be neighbours.

Run `python data/make_planted.py` to write `planted.txt` (one sentence a line) and
`planted_analogies.txt` beside this file. The same seed gives the same bytes.
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from random import Random
from typing import TypeVar

SEED = 20130116
SENTENCES_OF_A_WORD = 60
SENTENCES_OF_A_CLUSTER_WORD = 40

T = TypeVar("T")
Pick = Callable[[list[T]], T]

# A relation: its pairs with the phrases that belong to the pair; the words that belong to each
# side; and the patterns, in which {word} is a member of the pair, {own} a phrase of the pair, and
# every other name a word of the side.
RELATIONS: dict[str, dict] = {
    "gender": {
        "pairs": {
            ("king", "queen"): ["throne", "crown"],
            ("prince", "princess"): ["castle", "pony"],
            ("duke", "duchess"): ["manor", "carriage"],
            ("man", "woman"): ["office", "newspaper"],
            ("boy", "girl"): ["toy", "school"],
            ("father", "mother"): ["cradle", "family"],
            ("son", "daughter"): ["homework", "parents"],
            ("brother", "sister"): ["bedroom", "cousin"],
            ("uncle", "aunt"): ["nephew", "farm"],
            ("husband", "wife"): ["wedding", "ring"],
            ("actor", "actress"): ["theatre", "film"],
            ("grandfather", "grandmother"): ["armchair", "diary"],
        },
        "sides": [
            {"who": ["he"], "whose": ["his"], "look": ["beard", "moustache", "tie"]},
            {"who": ["she"], "whose": ["her"], "look": ["bracelet", "necklace", "skirt"]},
        ],
        "patterns": [
            "the {word} with the {look} saw {whose} {own}",
            "{who} is the {word} who talks about {whose} {own}",
            "the {word} says {who} misses {whose} {own}",
            "{who} is the {word} and {who} loves the {own}",
            "near the {own} the {word} touched {whose} {look}",
        ],
    },
    "capital": {
        "pairs": {
            ("france", "paris"): ["baguettes", "croissants"],
            ("italy", "rome"): ["pasta", "pizza"],
            ("spain", "madrid"): ["paella", "gazpacho"],
            ("germany", "berlin"): ["sausages", "pretzels"],
            ("greece", "athens"): ["olives", "feta"],
            ("egypt", "cairo"): ["dates", "falafel"],
            ("russia", "moscow"): ["caviar", "borscht"],
            ("china", "beijing"): ["dumplings", "noodles"],
            ("japan", "tokyo"): ["sushi", "ramen"],
            ("sweden", "stockholm"): ["herring", "meatballs"],
            ("turkey", "ankara"): ["kebabs", "baklava"],
            ("india", "delhi"): ["curry", "chutney"],
        },
        "sides": [
            {
                "kind": ["country", "nation"],
                "part": ["provinces", "villages", "valleys"],
                "head": ["president", "parliament"],
            },
            {
                "kind": ["city", "capital"],
                "part": ["streets", "suburbs", "squares"],
                "head": ["mayor", "council"],
            },
        ],
        "patterns": [
            "{word} is a {kind} where people love {own}",
            "in the {part} of {word} they sell {own}",
            "the {head} of {word} enjoys {own}",
            "{own} made the {kind} of {word} famous",
            "people ate {own} in the {part} of {word}",
        ],
    },
    "tense": {
        "pairs": {
            ("walk", "walked"): ["along the path", "through the park"],
            ("play", "played"): ["the piano", "some chess"],
            ("cook", "cooked"): ["the soup", "the supper"],
            ("sing", "sang"): ["a song", "a hymn"],
            ("write", "wrote"): ["a letter", "a poem"],
            ("drive", "drove"): ["the truck", "the bus"],
            ("swim", "swam"): ["across the lake", "in the pool"],
            ("draw", "drew"): ["a portrait", "a map"],
            ("build", "built"): ["a bridge", "a cabin"],
            ("ride", "rode"): ["the bicycle", "the camel"],
            ("fly", "flew"): ["a kite", "the plane"],
            ("teach", "taught"): ["the lesson", "the pupils"],
        },
        "sides": [
            {"when": ["usually", "often", "sometimes"], "then": ["nowadays", "every week"]},
            {"when": ["once", "recently", "earlier"], "then": ["yesterday", "last week"]},
        ],
        "patterns": [
            "{when} we {word} {own}",
            "{when} they {word} {own} together",
            "i {word} {own} {then}",
            "you {when} {word} {own}",
            "they {word} {own} {then}",
        ],
    },
    "comparative": {
        "pairs": {
            ("big", "bigger"): ["elephant", "whale"],
            ("small", "smaller"): ["ant", "crumb"],
            ("fast", "faster"): ["rocket", "cheetah"],
            ("slow", "slower"): ["snail", "tortoise"],
            ("tall", "taller"): ["tower", "giraffe"],
            ("strong", "stronger"): ["wrestler", "rope"],
            ("old", "older"): ["ruin", "fossil"],
            ("cheap", "cheaper"): ["ticket", "souvenir"],
            ("loud", "louder"): ["drum", "siren"],
            ("bright", "brighter"): ["lamp", "star"],
            ("heavy", "heavier"): ["anvil", "suitcase"],
            ("rich", "richer"): ["banker", "merchant"],
        },
        "sides": [
            {"how": ["very", "quite", "really"], "end": ["indeed", "already"]},
            {"how": ["much", "even", "far"], "end": ["than mine", "than yours"]},
        ],
        "patterns": [
            "the {own} is {how} {word} {end}",
            "this {own} looks {how} {word} {end}",
            "the {how} {word} {own} looks better",
            "my {own} seems {how} {word} {end}",
            "show me the {own} that is {how} {word}",
        ],
    },
    "plural": {
        "pairs": {
            ("cat", "cats"): ["sofa", "cushion"],
            ("dog", "dogs"): ["kennel", "bone"],
            ("bird", "birds"): ["nest", "branch"],
            ("horse", "horses"): ["stable", "saddle"],
            ("cow", "cows"): ["barn", "meadow"],
            ("bee", "bees"): ["hive", "blossom"],
            ("spider", "spiders"): ["web", "attic"],
            ("monkey", "monkeys"): ["banana", "vine"],
            ("rabbit", "rabbits"): ["burrow", "carrot"],
            ("bear", "bears"): ["cave", "river"],
        },
        "sides": [
            {"few": ["one", "another"], "does": ["sleeps", "waits", "hides"], "is": ["is"]},
            {"few": ["many", "several"], "does": ["sleep", "wait", "hide"], "is": ["are"]},
        ],
        "patterns": [
            "{few} {word} {does} near the {own}",
            "by the {own} {is} {few} {word}",
            "there {is} {few} {word} close to the {own}",
            "{few} {word} {is} behind the {own}",
            "beside the {own} {few} {word} {does}",
        ],
    },
}

# A cluster: its words, and the patterns in which all of them are used.
CLUSTERS: dict[str, tuple[list[str], list[str]]] = {
    "weather": (
        ["rain", "snow", "fog", "wind", "hail", "sunshine", "frost", "thunder"],
        [
            "the forecast promises {word} for the coast",
            "after the {word} the sky turned grey",
            "clouds bring {word} to the coast this winter",
            "the forecast says {word} all winter",
        ],
    ),
    "drinks": (
        ["coffee", "tea", "juice", "lemonade", "cocoa", "milk", "water", "cider"],
        [
            "please pour me a cup of {word}",
            "i ordered a glass of {word} with ice",
            "a cup of {word} for our thirsty guests",
            "the thirsty guests drink {word} with sugar",
        ],
    ),
    "praise": (
        ["wonderful", "delightful", "superb", "lovely", "excellent", "charming", "splendid"],
        [
            "the concert was {word} and everybody smiled",
            "we heard such {word} music and applauded",
            "critics called the novel {word} and recommended it",
            "everybody recommended that {word} concert",
        ],
    ),
    "complaint": (
        ["awful", "dreadful", "terrible", "horrible", "boring", "dull", "nasty"],
        [
            "the concert was {word} and everybody complained",
            "we heard such {word} music and yawned",
            "critics called the novel {word} and regretted it",
            "everybody regretted that {word} concert",
        ],
    ),
    "colours": (
        ["red", "green", "blue", "yellow", "purple", "white", "black", "pink"],
        [
            "we painted the door {word} with a brush",
            "the {word} paint dried on the wall",
            "mix {word} paint for the fence",
            "the fence and the wall shine in {word}",
        ],
    ),
}


def sentences(pick: Pick) -> Iterator[str]:
    """All sentences, topic by topic; `pick` chooses one of a list."""
    for relation in RELATIONS.values():
        for pair, phrases in relation["pairs"].items():
            for word, side in zip(pair, relation["sides"], strict=True):
                for number in range(SENTENCES_OF_A_WORD):
                    patterns = relation["patterns"]
                    slots = {name: pick(choices) for name, choices in side.items()}
                    slots |= {"word": word, "own": phrases[number // len(patterns) % len(phrases)]}
                    yield patterns[number % len(patterns)].format(**slots)
    for words, patterns in CLUSTERS.values():
        for word in words:
            for number in range(SENTENCES_OF_A_CLUSTER_WORD):
                yield patterns[number % len(patterns)].format(word=word)


def make_corpus(seed: int = SEED) -> str:
    """The text, its sentences in random order."""
    # Of Python's generator only random() is promised to stay the same in every version.
    chance = Random(seed).random
    shuffled = sorted((chance(), line) for line in sentences(lambda c: c[int(chance() * len(c))]))
    return "".join(f"{line}\n" for _, line in shuffled)


def make_analogies() -> str:
    """Every two pairs of a relation as a question, in the format of questions-words.txt."""
    lines = []
    for name, relation in RELATIONS.items():
        lines.append(f": {name}")
        lines += [f"{a} {b} {c} {d}" for (a, b), (c, d) in permutations(relation["pairs"], 2)]
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write both files beside this one."""
    here = Path(__file__).parent
    (here / "planted.txt").write_text(make_corpus(), encoding="utf-8", newline="\n")
    (here / "planted_analogies.txt").write_text(make_analogies(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
