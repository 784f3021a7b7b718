from evals.overlap import Overlap

LONG = "A farmer has 17 sheep, and all but 9 of them run away into the hills; how many are left?"


def against(*questions: str, name: str = "bench") -> Overlap:
    overlap = Overlap()
    overlap.add(name, questions)
    return overlap


def test_thirteen_words_in_a_row_are_an_overlap_whatever_stands_around_them() -> None:
    overlap = against(LONG)
    shouted = "Solve: " + LONG.upper().replace(",", " ,") + " Explain."
    assert overlap.find(shouted).startswith("bench: a farmer has 17 sheep")
    assert overlap.find("has 17 sheep and all but 9 of them run away into the")
    assert not overlap.find("has 17 sheep and all but 9 of them run away into"), "twelve words"


def test_another_number_is_another_question() -> None:
    assert not against(LONG).find(LONG.replace("9", "8"))


def test_forms_of_letters_are_one() -> None:
    assert against(LONG).find(LONG.replace("sheep", "\uff53\uff48\uff45\uff45\uff50"))


def test_a_short_question_is_the_same_only_as_a_whole() -> None:
    overlap = against("What is the capital of France?", "Why?")
    assert overlap.find("what is the capital of france")
    assert not overlap.find("What is the capital of France and of Spain?")
    assert not overlap.find("Why?"), "a common phrase is no benchmark's"


def test_a_benchmarks_template_counts_for_nothing() -> None:
    template = "Write Python code to solve the problem and present the code in a block at the end."
    overlap = against(*(f"{subject} is the subject here. {template}" for subject in ("Rain", "Snow", "Wind")))
    assert not overlap.find(f"Something else entirely. {template}")
    pair = against(f"Rain. {template}", f"Snow. {template}")
    assert pair.find(template), "what two problems share may still be content"


def test_the_benchmark_is_named() -> None:
    overlap = against(LONG)
    overlap.add(
        "other", ["Name the three largest moons of the planet that Galileo saw through his glass first."]
    )
    assert overlap.names == ["bench", "other"]
    assert overlap.find(
        "Name the three largest moons of the planet that Galileo saw through his glass"
    ).startswith("other: ")
