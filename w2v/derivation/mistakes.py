"""Mistakes of written derivations, beside those they share with code in `w2v.mistakes`."""

from w2v.mistakes import (
    LOG_LOST,
    MINUS_IN_SIGMA,
    NO_EXP,
    NOT_NORMALISED,
    OTHER_VECTOR,
    SIGMOID_OF_SIGMOID,
    SIGN_FLIPPED,
    UNDIFFERENTIATED,
    VECTOR_LOST,
    Mistake,
)

_HERE = "this notebook, Write the derivation"
_SHAPES = "this notebook, Notation and shapes"

SIGN_OF_TERM = Mistake(
    "a sign is flipped",
    "One term has the wrong sign here: follow each minus through the brackets and derivatives.",
    _HERE,
)
Y_FOR_Y_HAT = Mistake(
    "y where y_hat belongs",
    "y says which word is true, y_hat what the model predicts; the two change places here.",
    _SHAPES,
)
Y_HAT_FOR_Y = Mistake(
    "y_hat where y belongs",
    "y says which word is true, y_hat what the model predicts; the two change places here.",
    _SHAPES,
)
WRONG_INDEX = Mistake(
    "the wrong index",
    "A symbol here speaks of another word than it should: say for each index what it stands for.",
    _SHAPES,
)
WHOLE_VECTOR = Mistake(
    "the whole vector for a single word",
    "A vector over all words stands where the number of one word belongs.",
    _SHAPES,
)
SINGLE_WORD = Mistake(
    "a single word for the whole vector",
    "The number of one word stands where the vector over all words belongs.",
    _SHAPES,
)
SUM_LOST = Mistake(
    "the sum is dropped",
    "The terms of all words (or slots) are to be added up here, not just one of them.",
    _HERE,
)
SUM_TOO_MANY = Mistake(
    "a sum too many",
    "Only one term belongs here; a sum over all of them counts the others too.",
    _HERE,
)
SUM_OVER_OTHERS = Mistake(
    "a sum over the wrong index",
    "The sum runs over another set than it should: say which words (or slots) it adds up.",
    _HERE,
)
SIGMA_LOST = Mistake(
    "sigma is lost",
    "The score itself stands where its sigmoid belongs.",
    _HERE,
)
FUNCTION_TOO_MANY = Mistake(
    "a function too many",
    "An exp, a log or a sigma stands here that does not belong.",
    _HERE,
)
FACTOR_LOST = Mistake(
    "a factor is lost",
    "A product has one factor less than it should: the chain rule leaves none of them out.",
    _HERE,
)
FACTOR_TOO_MANY = Mistake(
    "a factor too many",
    "A product has one factor more than it should.",
    _HERE,
)
TERM_LOST = Mistake(
    "a term is lost",
    "One of the terms has disappeared: a term may go only where it is zero or cancels another.",
    _HERE,
)
TERM_TOO_MANY = Mistake(
    "a term too many",
    "One of the terms does not belong here, or should have vanished.",
    _HERE,
)
FACTORS_EXCHANGED = Mistake(
    "the two factors are transposed",
    "Products of vectors and matrices keep their order: the inner sizes must agree.",
    _SHAPES,
)
TRANSPOSE_LOST = Mistake(
    "a transpose is lost",
    "A row stands where a column belongs, or the other way round.",
    _SHAPES,
)
TRANSPOSE_TOO_MANY = Mistake(
    "a transpose too many",
    "A row stands where a column belongs, or the other way round.",
    _SHAPES,
)
DERIVATIVE_LOST = Mistake(
    "the derivative is lost",
    "A term stands here itself where its derivative belongs.",
    _HERE,
)
FRACTION_UPSIDE_DOWN = Mistake(
    "a fraction is upside down",
    "Numerator and denominator have changed places.",
    _HERE,
)
DENOMINATOR_LOST = Mistake(
    "a denominator is lost",
    "What this was divided by has disappeared.",
    _HERE,
)
POWER_LOST = Mistake(
    "a square is lost",
    "A denominator or factor is squared where it comes from, and no longer here.",
    _HERE,
)
WRONG_NUMBER = Mistake(
    "a wrong number",
    "A number here is not the one that it should be.",
    _HERE,
)

CATALOGUE: tuple[Mistake, ...] = (
    SIGN_OF_TERM,
    Y_FOR_Y_HAT,
    Y_HAT_FOR_Y,
    WRONG_INDEX,
    WHOLE_VECTOR,
    SINGLE_WORD,
    SUM_LOST,
    SUM_TOO_MANY,
    SUM_OVER_OTHERS,
    SIGMA_LOST,
    FUNCTION_TOO_MANY,
    FACTOR_LOST,
    FACTOR_TOO_MANY,
    TERM_LOST,
    TERM_TOO_MANY,
    FACTORS_EXCHANGED,
    TRANSPOSE_LOST,
    TRANSPOSE_TOO_MANY,
    DERIVATIVE_LOST,
    FRACTION_UPSIDE_DOWN,
    DENOMINATOR_LOST,
    POWER_LOST,
    WRONG_NUMBER,
    LOG_LOST,
    MINUS_IN_SIGMA,
    NO_EXP,
    NOT_NORMALISED,
    OTHER_VECTOR,
    SIGMOID_OF_SIGMOID,
    SIGN_FLIPPED,
    UNDIFFERENTIATED,
    VECTOR_LOST,
)
