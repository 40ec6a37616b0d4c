"""The catalogue of mistakes: what goes wrong, why it is wrong, and what to read again.

Checks of code and of derivations name the same entries. An entry teaches without giving the
answer; how a mistake is recognised stands where it is recognised.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make.

    Args:
        name: a few words, unique in the catalogue.
        explanation: one sentence that says why it is wrong, and not what is right.
        where: the notebook and the part of it to read again.
    """

    name: str
    explanation: str
    where: str


HERE = "this notebook, A small example first"
_SOFTMAX = "01_cross_entropy, The code, part 1: softmax"
_ENTROPY = "01_cross_entropy, A small example first"
_CENTER = "02_center_gradient, Write the derivation"
_OUTSIDE = "03_outside_gradient, Two words called w"
_SIGMOID = "04_sigmoid, A small example first"
_SAMPLING = "05_negative_sampling, A small example first"
_NEGATIVE_WORD = "05_negative_sampling, Write the derivation for $u_k$"
_SLOTS = "05_negative_sampling, Step 4: from slots to words"
_WINDOW = "06_skip_gram, A small example first"
_BLOCK = "07_batches, The loss of a block"

# Of any loss or gradient -------------------------------------------------------------------------

SIGN_FLIPPED = Mistake(
    "the sign is flipped",
    "Every number has the right size and the opposite sign, so a step along it would climb where "
    "it should descend.",
    HERE,
)
AVERAGED = Mistake(
    "averaged instead of summed",
    "The loss is a sum over its terms; a mean divides it by their number, and its gradient too.",
    HERE,
)
LOG_LOST = Mistake(
    "the logarithm is lost",
    "This comes from the probability itself and not from its logarithm.",
    _ENTROPY,
)
OTHER_LOG = Mistake(
    "a logarithm to another base",
    "The loss is measured in nats: its logarithm is the natural one.",
    _ENTROPY,
)
EXTRA_AXIS = Mistake(
    "an axis of length 1 too many",
    "The numbers are right, but a vector of shape (d,) is neither a row (1, d) nor a column "
    "(d, 1).",
    "00_welcome, Words in rows, words in columns",
)
TRANSPOSED = Mistake(
    "rows and columns are exchanged",
    "The numbers are right, but a word's vector is a row here, and what belongs to it is one too.",
    "00_welcome, Words in rows, words in columns",
)
U_TRANSPOSED = Mistake(
    "U read as d x n",
    "In code the matrices of vectors hold one word in each row; on paper one in each column.",
    "00_welcome, Words in rows, words in columns",
)
CANNOT_MULTIPLY = Mistake(
    "arrays that cannot be multiplied",
    "The inner sizes of a product must agree, and for two vectors @ and dot give one number and * "
    "goes entry by entry: neither makes a matrix.",
    "00_welcome, Words in rows, words in columns",
)
IMPRECISE = Mistake(
    "nearly right, but not exact",
    "Digits are lost on the way, as they are by a derivative taken from differences, by a small "
    "number added for safety, or by arrays of lower precision than the input.",
    HERE,
)
OVERFLOWS = Mistake(
    "exp overflows",
    "In double precision exp(x) is infinite above 709, and inf/inf is nan; the same value can be "
    "had with every exponent at most 0.",
    _SOFTMAX,
)
ZERO_TIMES_LOG = Mistake(
    "0 times log 0",
    "A word that y gives no probability adds nothing, but 0 * log(0) is nan in floating point.",
    "01_cross_entropy, The code, part 2: cross-entropy",
)
MODIFIES_INPUT = Mistake(
    "an input is changed in place",
    "The array that a function is given is its caller's own: +=, -= and assignments to its entries "
    "change it there too, unless you copy it first.",
    "00_welcome, How a question works",
)
EXITS = Mistake(
    "exit() left in",
    "It ends the whole program; a function ends with its return.",
    "00_welcome, How a question works",
)
OTHER_FRAMEWORK = Mistake(
    "a package that is not there",
    "The course needs nothing but NumPy, and a module that is not installed cannot be imported.",
    "00_welcome, Is everything installed?",
)

# Softmax and its gradients -----------------------------------------------------------------------

NOT_NORMALISED = Mistake(
    "not divided by the sum",
    "Probabilities add up to 1; the exponentials alone do not.",
    _SOFTMAX,
)
NO_EXP = Mistake(
    "exp is lost",
    "Dividing the scores by their sum gives no probabilities: scores may be negative.",
    _SOFTMAX,
)
NEGATIVE_SCORES = Mistake(
    "the scores have the wrong sign",
    "A larger score must make a word more probable, not less.",
    _SOFTMAX,
)
NOT_SUMMED = Mistake(
    "the products are not added up",
    "A score is one number for each word: the products of the entries are still to be summed.",
    "00_welcome, Warm-up: the scores",
)
Y_EXCHANGED = Mistake(
    "y and y_hat exchanged",
    "The logarithm is taken of what the model predicts, and weighted by what is true.",
    _ENTROPY,
)
WHOLE_VOCABULARY = Mistake(
    "summed over the whole vocabulary",
    "Only the words that the loss names have a term of their own; the others do not.",
    HERE,
)
OTHER_WORD = Mistake(
    "another word is taken for the true one",
    "The index o is the row of the true outside word, counted from 0.",
    HERE,
)
TRUE_TERM_LOST = Mistake(
    "the term of the true word is lost",
    "The loss has two parts, and the part with u_o alone depends on the vectors too.",
    _CENTER,
)
TRUE_TERM_ONLY = Mistake(
    "the normalising sum is taken for a constant",
    "The denominator of softmax contains every vector, so it has a derivative of its own.",
    _CENTER,
)
PLUS_Y = Mistake(
    "y is added where it is subtracted",
    "The gradient vanishes when the prediction is perfect; a sum of two distributions never does.",
    _CENTER,
)
ONE_WORD_ONLY = Mistake(
    "only the true word's part",
    "Every word takes part in the normalising sum, and so in the gradient; the others are missing.",
    _CENTER,
)
VECTOR_LOST = Mistake(
    "a trailing vector is lost",
    "By the chain rule the derivative for a score is multiplied by what the score's own derivative "
    "gives.",
    _CENTER,
)
BROADCAST = Mistake(
    "the same row everywhere",
    "Each word has a gradient of its own; broadcasting one of them, or their sum, over all rows "
    "treats the words as one.",
    _OUTSIDE,
)
WRONG_ROW = Mistake(
    "written to another row",
    "The gradient for a word's vector belongs in the row of that same word.",
    _OUTSIDE,
)

# Sigmoid -----------------------------------------------------------------------------------------

SIGMOID_OF_SIGMOID = Mistake(
    "sigma of a sigma",
    "sigma(1 - sigma(x)) applies the function twice; the derivative is a product of two values.",
    _SIGMOID,
)
FUNCTION_OF_SIGMA = Mistake(
    "x is taken for sigma(x)",
    "The argument is the score x, not the value of the sigmoid there.",
    "04_sigmoid, The code, part 2: the derivative",
)
UNDIFFERENTIATED = Mistake(
    "the function instead of its derivative",
    "What is asked is how fast sigma changes, not its value.",
    _SIGMOID,
)
SQUARED = Mistake(
    "a factor taken twice",
    "The two factors of the derivative are different: it is as small at one end as at the other.",
    _SIGMOID,
)
NOT_A_MATRIX = Mistake(
    "the diagonal without its matrix",
    "A Jacobian has a row for each output and a column for each input.",
    "04_sigmoid, The code, part 3: the Jacobian",
)
NOT_DIAGONAL = Mistake(
    "entries beside the diagonal",
    "The sigmoid of one entry does not depend on the others; softmax is the function that does.",
    "04_sigmoid, The code, part 3: the Jacobian",
)

# Negative sampling -------------------------------------------------------------------------------

MINUS_IN_SIGMA = Mistake(
    "the minus inside sigma is lost",
    "A negative word enters as sigma of minus its score, and the true word as sigma of plus: a "
    "step too many from one to the other turns one probability into its complement.",
    _NEGATIVE_WORD,
)
POSITIVE_SIGN = Mistake(
    "the sign of the positive term is flipped",
    "The true word is pulled towards the center word, while the negatives are pushed away.",
    _SAMPLING,
)
NEGATIVE_SIGN = Mistake(
    "the sign of the negative terms is flipped",
    "The negatives are pushed away from the center word, while the true word is pulled towards it.",
    _SAMPLING,
)
POSITIVE_LOST = Mistake(
    "the positive term is lost",
    "The true outside word has a term too, beside those of the negatives.",
    _SAMPLING,
)
NEGATIVES_LOST = Mistake(
    "the negative terms are lost",
    "Each negative has a term of its own, beside that of the true outside word.",
    _SAMPLING,
)
FIRST_NEGATIVE_ONLY = Mistake(
    "only one of the negatives counts",
    "The sum goes over all K slots.",
    _SAMPLING,
)
SIGMA_SLOPE = Mistake(
    "the derivative of sigma instead of that of log sigma",
    "The loss contains the logarithm of sigma, whose derivative divides by sigma again.",
    _NEGATIVE_WORD,
)
REPEATS_ONCE = Mistake(
    "a repeated word counts once",
    "A word in two slots counts twice: an assignment, or += with an array of indices, keeps only "
    "one of the two.",
    _SLOTS,
)
OTHER_VECTOR = Mistake(
    "multiplied by the wrong vector",
    "A score is a product of two vectors: its derivative for one of them is the other.",
    _NEGATIVE_WORD,
)
ADDED_UP = Mistake(
    "added up by word already",
    "Here each slot keeps a row of its own, even when two slots hold the same word.",
    "05_negative_sampling, The outside vectors: one row for each slot",
)
POSITIVE_LAST = Mistake(
    "the slots are in another order",
    "The first row belongs to the true outside word, and the negatives follow in their order.",
    "05_negative_sampling, The outside vectors: one row for each slot",
)
UNIFORM_NOISE = Mistake(
    "every word is equally likely",
    "The noise follows how often the words occur.",
    "05_negative_sampling, Step 1: draw the negatives",
)
OTHER_EXPONENT = Mistake(
    "another exponent for the noise",
    "The counts are raised to a power below 1, which gives rare words a better chance.",
    "05_negative_sampling, Step 1: draw the negatives",
)
O_DRAWN = Mistake(
    "the true word is drawn as a negative",
    "A word cannot be the answer to a question and a wrong answer to it as well.",
    "05_negative_sampling, Step 1: draw the negatives",
)
NO_REPEATS = Mistake(
    "drawn without replacement",
    "Each slot is drawn anew, so a frequent word may stand in several.",
    "05_negative_sampling, Step 1: draw the negatives",
)
BADLY_REPLACED = Mistake(
    "o is replaced, not left out",
    "When o is exchanged for some other word, that word is drawn too often; leaving o out makes "
    "all others more likely in proportion.",
    "05_negative_sampling, Step 1: draw the negatives",
)
OTHER_RANDOMNESS = Mistake(
    "another source of randomness",
    "All random numbers come from the generator `rng`, or the same seed would give other samples.",
    "05_negative_sampling, Step 1: draw the negatives",
)

# Windows, blocks, steps --------------------------------------------------------------------------

FIRST_ONLY = Mistake(
    "only the first outside word counts",
    "The loop must go through the whole window before the function returns.",
    _WINDOW,
)
OVERWRITTEN = Mistake(
    "the accumulator is overwritten",
    "The pair's result is stored under the name of the running sum, which forgets the sum; give "
    "the two different names.",
    _WINDOW,
)
U_FOR_V = Mistake(
    "U and V exchanged",
    "The center word's vector is a row of V, and the outside words' vectors are rows of U.",
    _WINDOW,
)
EXCHANGED = Mistake(
    "the two results are exchanged",
    "The order of a returned tuple is part of what is asked: dV comes first.",
    "06_skip_gram, Now the code",
)
ROLES_EXCHANGED = Mistake(
    "center and outside word exchanged",
    "The pair function takes the center word's vector first, then the row of the outside word.",
    _WINDOW,
)
ROW_ONLY = Mistake(
    "the row without its matrix",
    "The result holds a row for every word; those that the window does not reach are zero.",
    _WINDOW,
)
OUTSIDE_ROW = Mistake(
    "written to the rows of the outside words",
    "The gradient for v_c belongs in row c, whichever outside word it came from.",
    _WINDOW,
)
CALLS = Mistake(
    "the pair function is called too often or out of order",
    "It may draw random negatives, so each call has another result: call it once for each outside "
    "word and use what it returns.",
    "06_skip_gram, Now the code",
)
Y_WEIGHTED = Mistake(
    "Y is multiplied by W",
    "Y counts the positives already; W is the weight of positives and negatives together.",
    _BLOCK,
)
WEIGHT_LOST = Mistake(
    "the total weight W is lost",
    "A pair that counts several times, or not at all, carries this as a factor.",
    _BLOCK,
)
POSITIVE_WEIGHT_TWICE = Mistake(
    "W counts the positives already",
    "The negatives' weight is what is left of W when the positives' is taken away.",
    _BLOCK,
)
NEGATIVE_WEIGHT_ONLY = Mistake(
    "the positives' own sigma is lost",
    "Both terms of the loss contain sigma, so its derivative carries the weights of both.",
    _BLOCK,
)
POSITIVES_ONLY = Mistake(
    "the weights Y are lost",
    "Without its positive term the loss only pushes vectors apart.",
    _BLOCK,
)
CLIMBS = Mistake(
    "a step uphill",
    "The gradient points where the loss grows; the step goes the other way.",
    "08_train, The step downhill",
)
RATE_LOST = Mistake(
    "the learning rate is lost",
    "The gradient is the slope; how far to go along it is the learning rate.",
    "08_train, The step downhill",
)
START_LOST = Mistake(
    "the step without its start",
    "The answer is the place after the step, not the step alone.",
    "08_train, The step downhill",
)

CATALOGUE: tuple[Mistake, ...] = tuple(
    entry for entry in list(globals().values()) if isinstance(entry, Mistake)
)
"""Every entry, in the order of the course."""
