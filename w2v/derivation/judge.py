"""What follows from what: the verdict of every line, and the marks of the whole derivation.

Every line of a chain must equal the chain's left side, so each is compared with the left side's
own value (a derivative of J is a complex step through the loss) and not with the line above: a
line that is right is right whatever stands above it. A line that is wrong but equals the wrong
line above it follows from it, and is no second mistake.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from w2v.derivation.conventions import Convention, difference, other_conventions
from w2v.derivation.evaluate import Budget, Evaluator, Helpers, TooMuch, Unknown
from w2v.derivation.explain import repairs
from w2v.derivation.expression import Node, contains, names
from w2v.derivation.left_sides import (
    calls,
    differentiates_like,
    expanded,
    holds,
    is_head_loss,
    open_index,
)
from w2v.derivation.parse import Reading, Unreadable, parse, readings
from w2v.derivation.points import Point
from w2v.derivation.questions import Code, Question, find
from w2v.derivation.report import Report, Verdict
from w2v.derivation.statements import Statement, statements
from w2v.derivation.values import Value, Wrong, WrongShape, agree, comparison, same_numbers
from w2v.errors import NotFilledError, StudentError
from w2v.mistakes import Mistake
from w2v.outcomes import Outcome

POINTS_PER_CASE = 3
SEED = 20

EXPLAIN_STEPS = 30_000
"""Operations that the search for one mistake may take, where so many are left."""

END, STEPS, SHOWN = 0.4, 0.4, 0.2
"""What the right end, valid steps and the needed steps are worth."""


def judge(name: str, text: str, seed: int = SEED) -> Report:
    """Judge the derivation `name` at points drawn from `seed`."""
    question = find(name)
    try:
        found = statements(text)
    except StudentError as problem:
        return Report(name, (Verdict(text[:200], Outcome.CANNOT_READ, str(problem)),))
    except RecursionError:
        message = "this is nested too deeply"
        return Report(name, (Verdict(text[:200], Outcome.CANNOT_READ, message),))
    return _Judge(question, found, seed).report()


@dataclass
class _Step:
    """One side of an equation."""

    text: str
    source: str
    condition: Node | None
    relation: bool
    helpers: Helpers
    later: frozenset[str]  # helpers that are defined only further down
    trees: list[tuple[Reading, Node]] = field(default_factory=list)
    problem: str = ""
    chosen: Node | None = None
    verdict: Verdict | None = None

    @property
    def open(self) -> bool:
        """Whether nothing is written here yet, or only dots."""
        written = re.sub(r"\\(?:[lc]?dots|q?quad)(?![A-Za-z])|[\s.\\]", "", self.source)
        return self.text.replace(r"\dots", "").strip() == written == ""


@dataclass
class _Chain:
    """A left side and what is said to equal it."""

    head: _Step | None
    steps: list[_Step] = field(default_factory=list)
    free: str | None = None
    is_let: bool = False

    @property
    def all_steps(self) -> list[_Step]:
        return ([self.head] if self.head else []) + self.steps


@dataclass(frozen=True)
class _Finding:
    """The comparison of one reading of a step with the truth."""

    outcome: Outcome
    message: str = ""
    notes: frozenset[str] = frozenset()


class _Judge:
    def __init__(self, question: Question, found: list[Statement], seed: int) -> None:
        self.question = question
        self.budget = Budget()
        self.rng = np.random.default_rng(seed)
        self.points = {
            case: [question.draw(self.rng, case, which) for which in range(POINTS_PER_CASE)]
            for case in question.all_cases
        }
        self.convention = question.convention
        self.order: list[Verdict | _Step] = []
        self.chains: list[_Chain] = []
        self.known: dict[Any, Any] = {}
        self._arrange(found)

    # From statements to chains

    def _arrange(self, found: list[Statement]) -> None:
        helpers = Helpers()
        condition: Node | None = None
        defined_below = [self._defines(statement) for statement in found]
        for number, statement in enumerate(found):
            later = frozenset(name for name in defined_below[number + 1 :] if name)
            if statement.kind == "convention":
                self.convention = replace(self.convention, **dict(statement.layout))
            elif statement.kind in ("label", "prose"):
                condition = statement.condition
            if statement.kind not in ("chain", "let"):
                self.order.append(Verdict(statement.source))
                continue
            if statement.condition is not None:
                condition = statement.condition
            self._extend(statement, condition, helpers, later - set(helpers.defined))
            name = defined_below[number]
            if name:
                helpers = self._with_helper(helpers, statement)

    def _defines(self, statement: Statement) -> str | None:
        """The new name that a line `let theta = ...` defines."""
        if statement.kind not in ("chain", "let") or len(statement.sides) < 2:
            return None
        try:
            node = parse(statement.sides[0][0])
        except Unreadable:
            return None
        if node.op not in ("symbol", "entry"):
            return None
        if node.op == "entry" and node.args[0].op != "symbol":
            return None
        return None if self._is_symbol(node) else str(node.value)

    def _is_symbol(self, node: Node) -> bool:
        """Whether the question itself gives this name a meaning."""
        point = next(iter(self.points.values()))[0]
        name = str(node.value)
        known = {"pair": "U V y yhat u v", "window": "U V y yhat u v w", "sigmoid": "x"}
        known |= {"negatives": "U V u v y yhat w", "block": "U V Y W Z u v"}
        if name in ("Z", "z", "w", "y") and point.kind == "block":
            return node.op == "entry" or name == "Z"
        return name in known[point.kind].split() or name in point.indices

    def _with_helper(self, helpers: Helpers, statement: Statement) -> Helpers:
        left = parse(statement.sides[0][0])
        try:
            definition = parse(statement.sides[1][0])
        except Unreadable:
            return helpers
        parameter = str(left.args[0].value) if left.op == "entry" else None
        return Helpers({**helpers.defined, str(left.value): (parameter, definition)})

    def _extend(
        self,
        statement: Statement,
        condition: Node | None,
        helpers: Helpers,
        later: frozenset[str],
    ) -> None:
        sides = statement.sides
        continues = sides[0][0] == "" and len(sides) > 1
        name = self._defines(statement)
        if name:
            helpers = self._with_helper(helpers, statement)
        steps = [
            _Step(text, source, condition, position > 0, helpers, later)
            for position, (text, source) in enumerate(sides)
        ]
        for step in steps:
            self._read(step)
        if continues:
            steps = steps[1:]
            if not self.chains:
                self.chains.append(_Chain(None))
        else:
            self.chains.append(_Chain(steps[0], is_let=bool(name)))
            self.order.append(steps[0])
            steps = steps[1:]
        self.chains[-1].steps += steps
        self.order += steps

    def _read(self, step: _Step) -> None:
        if step.open:
            return
        try:
            step.trees = list(readings(step.text))
        except Unreadable as problem:
            step.problem = str(problem)
        except RecursionError:
            step.problem = "this is nested too deeply"

    # Values

    def _points(self, condition: Node | None, chain: _Chain) -> list[Point]:
        """The points at which a line must hold: of every case, or of those its label names."""
        if condition is None:
            return [point for case in self.question.cases for point in self.points[case]]
        try:
            found = [
                point
                for case in self.question.all_cases
                for point in self.points[case]
                if Evaluator(point, free=self._free(chain), budget=self.budget).holds(condition)
            ]
        except (Wrong, Unknown):
            found = []
        return found or self._points(None, chain)

    def _free(self, chain: _Chain) -> str | None:
        if chain.free is None:
            head = chain.head.trees[0][1] if chain.head and chain.head.trees else None
            chain.free = open_index(head) if head else None
            chain.free = chain.free or self.question.free
        return chain.free

    def _value(
        self,
        node: Node,
        point: Point,
        chain: _Chain,
        helpers: Helpers,
        convention: Convention,
        option: "_Option | None" = None,
    ) -> tuple[Value, float, frozenset[str]]:
        evaluator = Evaluator(
            point, convention, helpers, self._free(chain), self.budget, *(option or _OPTIONS[0])
        )
        value = evaluator.value(node)
        if not np.all(np.isfinite(value)):
            raise Wrong("the numbers get too large here")
        return value, evaluator.peak, frozenset(evaluator.notes)

    def _truth(
        self, chain: _Chain, point: Point, convention: Convention, option: "_Option | None" = None
    ) -> Value:
        """The value of the chain's left side, or of the question's head."""
        key = (id(chain), id(point), convention, option)
        if key not in self.known:
            self.known[key] = self._head_value(chain, point, convention, option)
        return self.known[key]

    def _head_value(
        self, chain: _Chain, point: Point, convention: Convention, option: "_Option | None"
    ) -> Value:
        head = chain.head
        for _, node in head.trees if head else ():
            assert head is not None
            try:
                return self._value(node, point, chain, head.helpers, convention, option)[0]
            except TooMuch:
                raise
            except (Wrong, Unknown):
                continue
        return self._question_value(0, point, convention)

    def _question_value(self, which: int, point: Point, convention: Convention) -> Value:
        return self._plain_value(self.question.heads[which], point, convention)

    def _plain_value(self, text: str, point: Point, convention: Convention) -> Value:
        node = parse(text)
        free = open_index(node) or self.question.free
        return Evaluator(point, convention, free=free, budget=self.budget).value(node)

    def _finding(self, step: _Step, chain: _Chain, convention: Convention) -> _Finding:
        """The best of the readings of a step, compared with the truth."""
        first: _Finding | None = None
        for reading, node in step.trees:
            derived = contains(node, "derivative") or _derives_vector(chain)
            for option in _OPTIONS if derived else _OPTIONS[:1]:
                finding = self._compared(step, chain, node, convention, option)
                if finding.outcome is Outcome.CORRECT:
                    step.chosen = node
                    return replace(finding, notes=finding.notes | _slips(reading, option))
                first = first or finding
        assert first is not None
        return first

    def _compared(
        self, step: _Step, chain: _Chain, node: Node, convention: Convention, option: "_Option"
    ) -> _Finding:
        notes: frozenset[str] = frozenset()
        used = names(node) & step.later
        if used:
            name = sorted(used)[0]
            return _Finding(
                Outcome.CANNOT_RUN, f"{name} is used here, but it is defined only further down"
            )
        for point in self._points(step.condition, chain):
            try:
                truth = self._truth(chain, point, convention, option)
                value, peak, noted = self._value(
                    node, point, chain, step.helpers, convention, option
                )
            except WrongShape as problem:
                return _Finding(Outcome.WRONG_SHAPE, str(problem))
            except Wrong as problem:
                return _Finding(Outcome.WRONG_VALUE, str(problem))
            except Unknown as problem:
                return _Finding(Outcome.CANNOT_READ, str(problem))
            notes |= noted
            outcome, message = comparison(value, truth, peak)
            if outcome is not Outcome.CORRECT:
                return _Finding(outcome, message)
        return _Finding(Outcome.CORRECT, "", notes)

    # Verdicts

    def report(self) -> Report:
        with np.errstate(all="ignore"):
            for chain in self.chains:
                self._judge_chain(chain)
            self._try_other_conventions()
            self._name_mistakes()
            self.budget = Budget()  # a mark is due whatever the lines have cost
            return self._marked()

    def _judge_chain(self, chain: _Chain) -> None:
        if chain.head:
            chain.head.verdict = self._head_verdict(chain)
        above: _Step | None = chain.head
        for step in chain.steps:
            step.verdict = self._verdict(step, chain, above)
            if step.verdict.outcome is not Outcome.CANNOT_READ:
                above = step

    def _head_verdict(self, chain: _Chain) -> Verdict:
        head = chain.head
        assert head is not None
        if head.open:
            return Verdict(head.source, Outcome.NOT_ATTEMPTED)
        if chain.is_let:
            head.chosen = head.trees[0][1]
            return Verdict(head.source, Outcome.CORRECT)
        if head.problem:
            return Verdict(head.source, Outcome.CANNOT_READ, f"cannot read this: {head.problem}")
        point = self._points(head.condition, chain)[0]
        problem: Exception | None = None
        for _, node in head.trees:
            try:
                noted = self._value(node, point, chain, head.helpers, self.convention)[2]
            except (Wrong, Unknown) as error:
                problem = problem or error
                continue
            head.chosen = node
            return Verdict(head.source, Outcome.CORRECT, notes=self._notes(noted, head, None))
        if isinstance(problem, WrongShape):
            return Verdict(head.source, Outcome.WRONG_SHAPE, str(problem))
        if isinstance(problem, Wrong):
            return Verdict(head.source, Outcome.WRONG_VALUE, str(problem))
        return Verdict(head.source, Outcome.CANNOT_READ, str(problem))

    def _verdict(self, step: _Step, chain: _Chain, above: _Step | None) -> Verdict:
        shown = Verdict(step.source, relation=step.relation)
        if step.open:
            return replace(shown, outcome=Outcome.NOT_ATTEMPTED, message="still to be written")
        if step.problem:
            message = f"cannot read this: {step.problem}"
            return replace(shown, outcome=Outcome.CANNOT_READ, message=message)
        finding = self._finding(step, chain, self.convention)
        shown = replace(shown, outcome=finding.outcome, message=finding.message)
        if finding.outcome is Outcome.CORRECT:
            return replace(shown, message="", notes=self._notes(finding.notes, step, above))
        if finding.outcome is Outcome.CANNOT_READ:
            return replace(shown, message=f"cannot read this: {finding.message}")
        head = chain.head.verdict if chain.head else None
        if head and head.outcome is Outcome.CANNOT_READ:
            message = "cannot tell: its left side cannot be read"
            return replace(shown, outcome=Outcome.CANNOT_READ, message=message)
        if head and head.red:
            message = "its left side is wrong already: no second mistake"
            return replace(shown, message=message, follows_from_wrong=True)
        if above is not None and self._follows(step, above, chain):
            message = "this follows from the line above, which is wrong: no second mistake"
            return replace(shown, message=message, follows_from_wrong=True)
        return shown

    def _notes(self, slips: frozenset[str], step: _Step, above: _Step | None) -> tuple[str, ...]:
        notes = [_NOTES[slip] for slip in sorted(slips)]
        if above is not None and above.relation and above.chosen == step.chosen:
            notes.append("the same as the line above")
        if step.text.startswith(r"\frac { \partial }") and " } - (" in step.text[:60]:
            notes.append(_NOTES["operator"])
        return tuple(notes)

    def _follows(self, step: _Step, above: _Step, chain: _Chain) -> bool:
        """Whether a wrong step equals the wrong step above it."""
        if above.verdict is None or above.verdict.outcome is Outcome.CORRECT or not above.trees:
            return False
        for (_, node), (_, wrong) in product(step.trees, above.trees):
            try:
                if all(
                    self._equal(node, wrong, step, above, point, chain)
                    for point in self._points(step.condition, chain)
                ):
                    step.chosen = node
                    return True
            except (Wrong, Unknown):
                continue
        return False

    def _equal(
        self, left: Node, right: Node, step: _Step, above: _Step, point: Point, chain: _Chain
    ) -> bool:
        a, peak, _ = self._value(left, point, chain, step.helpers, self.convention)
        b, _, _ = self._value(right, point, chain, above.helpers, self.convention)
        return comparison(a, b, peak)[0] is Outcome.CORRECT

    # Conventions

    def _try_other_conventions(self) -> None:
        """Lines that are right under another convention are told so and not called wrong."""
        wrong = [
            (step, chain)
            for chain in self.chains
            for step in chain.steps
            if step.verdict and step.verdict.red and step.trees
        ]
        if not wrong:
            return
        declared = self.convention
        best: list[_Step] = []
        adopted = declared
        for other in other_conventions(declared):
            fitting = [
                step
                for step, chain in wrong
                if self._finding(step, chain, other).outcome is Outcome.CORRECT
            ]
            if len(fitting) > len(best) and self._all_fit(other):
                best, adopted = fitting, other
        for step in best:
            assert step.verdict is not None
            name = difference(declared, adopted)
            step.verdict = replace(
                step.verdict,
                outcome=Outcome.CORRECT,
                message=f"this holds with {name}: say so in a line `convention: {name}`",
                convention=name,
            )

    def _all_fit(self, convention: Convention) -> bool:
        """Whether all lines that are right as declared are right under this convention too."""
        return all(
            self._finding(step, chain, convention).outcome is Outcome.CORRECT
            for chain in self.chains
            for step in chain.steps
            if step.verdict and step.verdict.good
        )

    # Mistakes

    def _name_mistakes(self) -> None:
        for chain in self.chains:
            above = chain.head
            for step in chain.steps:
                if step.verdict and step.verdict.red and step.trees:
                    step.verdict = replace(step.verdict, mistake=self._mistake(step, chain, above))
                above = step

    def _mistake(self, step: _Step, chain: _Chain, above: _Step | None) -> Mistake | None:
        """The mistake whose repair gives the line its right value, or that of the line above."""
        budget = self.budget
        self.budget = Budget(min(EXPLAIN_STEPS, budget.steps))
        allowed = self.budget.steps
        points = sorted(self._points(step.condition, chain), key=_cost)
        wrong_above = above if above and above.verdict and not above.verdict.good else None
        trees = above.trees if above else []
        head = chain.head.trees[0][1] if chain.head and chain.head.trees else None
        free = self._free(chain)
        evaluators = [
            Evaluator(point, self.convention, step.helpers, free, self.budget, remembers=True)
            for point in points
        ]
        candidates = repairs(
            step.trees[0][1], trees[0][1] if trees else None, head, self._free(chain)
        )
        try:
            for mistake, node in candidates:
                if self._repaired(node, step, chain, evaluators, wrong_above):
                    return mistake
        except TooMuch:
            return None
        finally:
            budget.steps -= allowed - self.budget.steps
            self.budget = budget
        return None

    def _repaired(
        self,
        node: Node,
        step: _Step,
        chain: _Chain,
        evaluators: list[Evaluator],
        wrong_above: _Step | None,
    ) -> bool:
        """Whether a repaired line has the value of the left side, or of the wrong line above."""
        try:
            right = all(
                agree(at.value(node), self._truth(chain, at.point, self.convention))
                for at in evaluators
            )
            return right or (
                wrong_above is not None
                and bool(wrong_above.trees)
                and all(
                    self._equal(node, wrong_above.trees[0][1], step, wrong_above, at.point, chain)
                    for at in evaluators
                )
            )
        except TooMuch:
            raise
        except (Wrong, Unknown):
            return False

    # Marks

    def _marked(self) -> Report:
        question = self.question
        lines_ = [
            item if isinstance(item, Verdict) else item.verdict or Verdict(item.source)
            for item in self.order
        ]
        if lines_ and not self.chains:
            message = "there is no equation here: write one step a line, each with its ="
            lines_[-1] = replace(lines_[-1], outcome=Outcome.CANNOT_READ, message=message)
        head_chains = [chain for chain in self.chains if self._heads(chain)]
        good = [
            step
            for chain in head_chains
            for step in chain.steps
            if step.verdict and step.verdict.good and not self._circular(step, chain)
        ]
        ends = [self._end(which, case) for which, case in self._ends()]
        reached = all(not problem for problem in ends)
        missing = tuple(dict.fromkeys(problem for problem in ends if problem))
        shown = [self._shown(waypoint) for waypoint in question.waypoints]
        missing += tuple(
            f"show this step: {waypoint.step}"
            for waypoint, done in zip(question.waypoints, shown, strict=True)
            if not done
        )
        attempted = any(
            step.verdict and step.verdict.outcome not in (None, Outcome.NOT_ATTEMPTED)
            for chain in self.chains
            for step in chain.steps
        )
        score = self._score(good, ends, shown) if attempted else 0.0
        return Report(
            question.name,
            tuple(lines_),
            missing if attempted else (),
            reached and bool(good),
            self._agreement() if reached else "",
            score,
        )

    def _score(self, good: list[_Step], ends: list[str], shown: list[bool]) -> float:
        if not good:
            return 0.0
        end_share, shown_share = (END, SHOWN) if shown else (END + SHOWN / 2, 0.0)
        steps_share = 1 - end_share - shown_share
        verdicts = [step.verdict for chain in self.chains for step in chain.steps if step.verdict]
        red = sum(verdict.red for verdict in verdicts)
        right = len({step.chosen for step in good})
        right += sum(verdict.follows_from_wrong for verdict in verdicts)
        ended = sum(not problem for problem in ends) / len(ends)
        # What is still to be written counts as lines that are not there yet.
        to_come = 3 * (shown.count(False) / len(shown) if shown else float(ended < 1))
        steps = right / (right + red + to_come)
        return (
            end_share * ended
            + steps_share * steps
            + (shown_share * sum(shown) / len(shown) if shown else 0.0)
        )

    def _ends(self) -> list[tuple[int, str]]:
        """The heads that must be derived, each in every case that the question asks for."""
        return list(product(range(len(self.question.heads)), self.question.cases))

    def _heads(self, chain: _Chain, case: str | None = None) -> set[int]:
        """Which heads of the question a chain starts from (for one of the cases)."""
        key = (id(chain), case)
        if key not in self.known:
            self.known[key] = self._found_heads(chain, case)
        return self.known[key]

    def _found_heads(self, chain: _Chain, case: str | None) -> set[int]:
        found = set()
        for which in range(len(self.question.heads)):
            points = [
                p for name in self.question.cases if case in (None, name) for p in self.points[name]
            ]
            if self._starts_from(chain, which, points):
                found.add(which)
        return found

    def _starts_from(self, chain: _Chain, which: int, points: Sequence[Point]) -> bool:
        if chain.head is None:
            return which == 0
        head = chain.head.chosen
        if head is None or not (
            self.question.both_ways or differentiates_like(head, parse(self.question.heads[which]))
        ):
            return False
        wanted = (self.question.heads[which], *self.question.other_heads)
        return any(self._equals_head(chain, text, points) for text in wanted)

    def _equals_head(self, chain: _Chain, text: str, points: Sequence[Point]) -> bool:
        try:
            pairs = [
                (
                    self._truth(chain, point, self.convention),
                    self._plain_value(text, point, self.convention),
                )
                for point in points
            ]
        except (Wrong, Unknown):
            return False
        return all(agree(*pair) for pair in pairs)

    def _end(self, which: int, case: str) -> str:
        """What the chains for this head and case still lack; nothing when the end is reached."""
        problem = f"derive {self.question.asks}" + (f" (case {case})" if self._many else "")
        for chain in self.chains:
            if which not in self._heads(chain, case) or not chain.steps:
                continue
            steps = [
                s
                for s in chain.steps
                if not (s.verdict and s.verdict.outcome is Outcome.NOT_ATTEMPTED)
            ]
            steps = [s for s in steps if self._speaks_of(s, chain, case)]
            if not steps:
                continue
            last = steps[-1]
            if last.verdict is None or not last.verdict.good or last.chosen is None:
                problem = "the last line is not right yet"
                continue
            lacking = self._not_an_end(last, chain)
            if not lacking:
                return ""
            problem = lacking
        return problem

    @property
    def _many(self) -> bool:
        return len(self.question.cases) > 1

    def _speaks_of(self, step: _Step, chain: _Chain, case: str) -> bool:
        points = self._points(step.condition, chain)
        return any(point in self.points[case] for point in points) if case else True

    def _not_an_end(self, last: _Step, chain: _Chain) -> str:
        question = self.question
        node = expanded(last.chosen, last.helpers)
        if question.both_ways:
            if chain.head is None or chain.head.chosen is None:
                return f"start from {question.asks}"
            ends = [chain.head.chosen, node]
            with_y = ["y" in names(end) or calls(end, "CE") for end in ends]
            if with_y == [False, True]:
                ends, with_y = ends[::-1], with_y[::-1]
            if with_y != [True, False]:
                return f"go from one side to the other: the last line must be {question.ends}"
            node = ends[1]
        for what, called in question.forbidden.items():
            if holds(node, what):
                return f"the last line still holds {called}: go on to {question.ends}"
        if not question.needed(node):
            return f"the last line must be written in {question.ends}"
        return ""

    def _circular(self, step: _Step, chain: _Chain) -> bool:
        """Whether a step says no more than the head itself."""
        if step.chosen is None:
            return True
        node = expanded(step.chosen, step.helpers)
        head = chain.head.chosen if chain.head else parse(self.question.heads[0])
        if head is not None and any(part == head for part in node.walk()):
            return True
        return any(
            part.op == "derivative" and is_head_loss(part.args[0], self.question)
            for part in node.walk()
        )

    def _shown(self, waypoint: Any) -> bool:
        for chain in self.chains:
            if chain.is_let:
                continue
            starts = bool(self._heads(chain))
            derivative = (
                chain.head is not None
                and chain.head.chosen is not None
                and contains(chain.head.chosen, "derivative")
            )
            if not starts and not (waypoint.anywhere and derivative):
                continue
            final = chain.steps[-1] if chain.steps else None
            for step in chain.all_steps:
                node = step.chosen
                if step is final and starts:
                    continue
                if step is chain.head and (node is None or not contains(node, "derivative")):
                    continue
                if node is not None and step.verdict and step.verdict.good and waypoint.shown(node):
                    return True
        return False

    # The student's own function

    def _agreement(self) -> str:
        said = []
        for which, code in enumerate(self.question.code):
            said.append(self._compare_code(which, code))
        return next((text for text in said if text and "agree" not in text), "") or next(
            (text for text in said if text), ""
        )

    def _compare_code(self, which: int, code: Code) -> str:
        from w2v.workbook import find as find_exercise

        exercise = find_exercise(code.exercise)
        for case in self.question.cases:
            for chain in self.chains:
                if which not in self._heads(chain, case) or not chain.steps:
                    continue
                last = chain.steps[-1]
                if last.chosen is None or not last.verdict or not last.verdict.good:
                    continue
                point = self.points[case][0]
                formula = self._question_value(which, point, self.convention)
                try:
                    result = code.part(point, exercise(*code.arguments(point)))
                except NotFilledError:
                    return ""
                except Exception as problem:
                    return (
                        f"your function {code.exercise} cannot run at the point of comparison: "
                        f"{type(problem).__name__}: {problem}"
                    )
                if not same_numbers(formula, result):
                    return (
                        f"your formula and your function {code.exercise} differ at the same "
                        "point: the formula is right, so look at the code"
                    )
        return f"your formula and your function {code.exercise} agree at the same point"


_NOTES = {
    "operator": "read as the derivative of all that follows: put brackets around it",
    "outer": "the sum has an index of its own here: give it another name than the derivative's",
    "jacobian": "d sigma(x_i) / dx is read as d sigma(x) / dx, the n x n Jacobian",
}


def _cost(point: Point) -> int:
    """How much work an expression takes at a point, roughly."""
    return int(np.prod(list(point.sizes.values())))


class _Option(NamedTuple):
    """How an ambiguous derivative is read: see `Evaluator`."""

    jacobian: str = "rows"
    outer: bool = False


_OPTIONS = (_Option(), _Option("columns"), _Option(outer=True))


def _derives_vector(chain: _Chain) -> bool:
    """Whether the left side is a Jacobian, which may be laid out in two ways."""
    head = chain.head.trees[0][1] if chain.head and chain.head.trees else None
    return head is not None and head.op == "derivative" and head.args[0].op != "loss"


def _slips(reading: Reading, option: _Option) -> frozenset[str]:
    """The slips of notation that a line needs to be right."""
    slips = {"operator"} if reading.operator == "rest" else set()
    return frozenset(slips | ({"outer"} if option.outer else set()))
