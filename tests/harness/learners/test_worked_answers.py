import pytest
import reasoning_gym

from harness.errors import ConfigError
from harness.learners.worked_answers import HELD_OUT, TASKS, WORKINGS, Task, make_lessons


def test_every_task_with_workings_is_taught_by_default() -> None:
    assert {task.task for task in TASKS} == set(WORKINGS)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.task)
def test_worked_answers_end_in_what_reasoning_gym_calls_right(task: Task) -> None:
    (lesson,) = make_lessons([task], rows=40, seed=3)
    scorer = reasoning_gym.get_score_answer_fn(task.task)
    assert len(lesson.taught) == 40
    for worked in lesson.taught:
        assert worked.text.endswith(f"</think><answer>{worked.answer}</answer>")
        entry = {"question": worked.question, "answer": worked.answer, "metadata": {}}
        assert scorer(worked.answer, entry) == 1.0
        assert worked.working.endswith(worked.answer), "the working ends in the answer"


def test_a_working_shows_each_step() -> None:
    assert WORKINGS["chain_sum"]({"expression": "3 + 4 - 9"}) == "3+4=7 7-9=-2"
    assert WORKINGS["products"]({"expression": "3 * 4 * 5"}) == "3*4=12 12*5=60"
    assert WORKINGS["spell_backward"]({"word": "sun"}) == "nus"


def test_held_out_problems_are_not_taught() -> None:
    for lesson in make_lessons(TASKS[:2], rows=200, seed=0):
        assert len(lesson.held_out) == HELD_OUT
        assert not {each.question for each in lesson.held_out} & {each.question for each in lesson.taught}


def test_a_task_with_few_questions_repeats_them_up_to_its_share() -> None:
    chain_sum, products = make_lessons(TASKS[1:], rows=800, seed=0)
    assert (len(chain_sum.taught), len(products.taught)) == (600, 200)
    assert len({each.question for each in products.taught}) == 100


def test_a_task_without_workings_is_refused_with_those_that_have_them() -> None:
    with pytest.raises(ConfigError, match=r"'sudoku'.*chain_sum, products, spell_backward"):
        make_lessons([Task(task="sudoku")], rows=10, seed=0)
