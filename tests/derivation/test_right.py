"""Right derivations, in the styles people use, earn full marks without an alarm."""

import pytest

from tests.derivation.blocks import RIGHT, Block
from w2v.derivation import derive
from w2v.outcomes import Outcome


@pytest.mark.parametrize("block", RIGHT, ids=[f"{b.name}: {b.about}" for b in RIGHT])
def test_full_marks(block: Block) -> None:
    report = derive(block.name, block.text)
    assert report.outcome is Outcome.CORRECT, str(report)
    assert report.score == pytest.approx(1.0), str(report)
    assert not any(line.convention for line in report.lines), str(report)


def test_there_are_sixty_and_every_derivation_has_one() -> None:
    from w2v.derivation.questions import QUESTIONS

    assert len(RIGHT) >= 60
    assert {block.name for block in RIGHT} == set(QUESTIONS)
