"""Drawing a paper: repeatable, without repetition, and shuffled only where it may be."""

import json

from lms.quizzes.draw import Paper, draw_paper

POOLED = (
    "## A\n`id: a`\n\n- [ ] a\n- [ ] b\n- [x] c\n- [ ] d\n\n"
    "## P\n`draw: 2`\n\n"
    + "".join(f"### {n}\n`id: p{n}`\n\n**Answer:** {n}\n\n" for n in range(5))
    + "## Z\n`id: z`\n\n1. [ ] a\n2. [x] b\n3. [ ] c\n"
)  # fmt: skip
SEEDS = range(50)


def ids(paper: Paper) -> list[str]:
    return [item.question_id for item in paper.items]


def test_the_same_seed_gives_the_same_paper(read_quiz):
    first, second = (read_quiz(POOLED, "shuffle: true\n").quiz for _ in range(2))
    assert all(draw_paper(first, seed) == draw_paper(second, seed) for seed in SEEDS)


def test_pools_are_drawn_in_place_without_repetition(read_quiz):
    quiz = read_quiz(POOLED).quiz
    papers = [ids(draw_paper(quiz, seed)) for seed in SEEDS]
    assert all(len(set(paper)) == len(paper) == quiz.drawn_count == 4 for paper in papers)
    assert {(paper[0], paper[3]) for paper in papers} == {("a", "z")}
    assert {drawn for paper in papers for drawn in paper[1:3]} == {"p0", "p1", "p2", "p3", "p4"}


def test_a_pool_gives_what_was_seen_least(read_quiz):
    quiz = read_quiz(POOLED).quiz
    seen = {"p0": 2, "p1": 1, "p2": 2, "p3": 0}
    papers = [ids(draw_paper(quiz, seed, seen))[1:3] for seed in SEEDS]
    assert {frozenset(drawn) for drawn in papers} == {frozenset({"p3", "p4"})}
    # Which of the two is newer to the learner is not told by its place.
    assert {tuple(drawn) for drawn in papers} == {("p3", "p4"), ("p4", "p3")}


def test_of_questions_seen_equally_often_chance_chooses(read_quiz):
    quiz = read_quiz(POOLED).quiz
    seen = dict.fromkeys(["p0", "p1", "p2", "p3", "p4"], 3)
    drawn = {question for seed in SEEDS for question in ids(draw_paper(quiz, seed, seen))[1:3]}
    assert drawn == set(seen)


def test_questions_are_shuffled_when_the_quiz_says_so(read_quiz):
    quiz = read_quiz(POOLED, "shuffle: true\n").quiz
    papers = [ids(draw_paper(quiz, seed)) for seed in SEEDS]
    assert {paper.index("a") for paper in papers} == {0, 1, 2, 3}
    assert all({"a", "z"} < set(paper) for paper in papers)


def test_options_are_shuffled_where_the_question_says_so(read_quiz):
    quiz = read_quiz(POOLED).quiz
    papers = [draw_paper(quiz, seed) for seed in SEEDS]
    shown = [paper.items[0].options for paper in papers]
    assert all(sorted(options) == [1, 2, 3, 4] for options in shown)
    assert {options.index(3) for options in shown} == {0, 1, 2, 3}
    assert {paper.items[-1].options for paper in papers} == {(1, 2, 3)}
    assert {paper.items[1].options for paper in papers} == {()}


def test_a_paper_keeps_the_digests_and_survives_json(read_quiz):
    quiz = read_quiz(POOLED).quiz
    paper = draw_paper(quiz, 1)
    assert [item.digest for item in paper.items] == [
        quiz.by_id[item.question_id].digest for item in paper.items
    ]
    assert Paper.from_json(json.loads(json.dumps(paper.to_json()))) == paper
    assert paper.to_json()[3] == {
        "question_id": "z",
        "digest": quiz.by_id["z"].digest,
        "options": [1, 2, 3],
    }
