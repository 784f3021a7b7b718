"""How answers to each dataset of Reasoning Gym 0.1.25 are scored, and how that differs from the published.

Every deviation is here, as data, or in `rewards.puzzles.corrections.GENERAL`. `docs/puzzles.md` shows both,
and a test compares. Whoever changes a rule changes the `version` of `rewards.verifiers.puzzle`.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

from rewards.puzzles import algebra, cube, figures, grids, lists, logic, moves, rush_hour, words
from rewards.puzzles.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Correction:
    """How the answers to one dataset, or to several alike, are scored instead."""

    datasets: str
    """Names, blanks between."""
    rule: str
    scorer: Scorer | None = None
    """None where the published one stays."""
    needs: tuple[str, ...] = ()
    """Metadata without which an entry cannot be scored."""


CORRECTIONS: Final = (
    Correction(
        "aiw basic_arithmetic binary_alternation chain_sum circuit_logic count_bits count_primes "
        "decimal_chain_sum gcd largest_island lcm leg_counting letter_counting maze number_sequence products "
        "rotten_oranges self_reference simple_equations simple_geometry",
        "A number is compared as a number: `+1,000.0` is 1000, and `x = 13` is 13.",
        figures.same_number,
    ),
    Correction(
        "acre caesar_cipher color_cube_rotation course_schedule family_relationships isomorphic_strings "
        "mahjong_puzzle ransom_note syllogism tsumego zebra_puzzles",
        "Case does not count, and nothing but the right words earns anything.",
        words.same_word,
    ),
    Correction(
        "ab arc_1d base_conversion bf manipulate_matrix modulo_grid path_star rotate_matrix "
        "string_manipulation string_splitting string_synthesis word_sequence_reversal",
        "The same lines, or nothing.",
        words.same_text,
    ),
    Correction("dice needle_haystack", "Blanks and case do not count.", words.same_without_blanks),
    Correction(
        "arc_agi rearc",
        "JSON's lists are grids too; 0.05 for any grid is gone.",
        grids.arc_board,
        ("output",),
    ),
    Correction(
        "advanced_geometry",
        "Radii count when right to three decimals (published: only as the very text).",
        figures.geometry,
        ("task_type",),
    ),
    Correction("binary_matrix", "A list is read, not evaluated; it still earns 0.1.", lists.matrix),
    Correction("spiral_matrix", "A list is read, not evaluated; it still earns 0.1.", lists.sequence),
    Correction("string_insertion", "A list is read, not evaluated; it still earns 0.1.", lists.letters),
    Correction(
        "n_queens", "A list is read, not evaluated; it still earns 0.5.", lists.queens, ("valid_answers",)
    ),
    Correction(
        "countdown",
        "Computed exactly from the given numbers, once each, and not evaluated.",
        algebra.makes_target,
        ("numbers", "target"),
    ),
    Correction(
        "puzzle24",
        "The given numbers, once each (published: any four numbers that make 24); not evaluated.",
        algebra.makes_24,
        ("numbers",),
    ),
    Correction(
        "polynomial_multiplication",
        "Read as a sum of monomials and not evaluated; the product as the question has it earns nothing.",
        algebra.expanded,
    ),
    Correction(
        "simple_integration intermediate_integration",
        "Read as a formula whose slope is compared with the integrand, and not evaluated.",
        algebra.antiderivative,
        ("variable", "integrand"),
    ),
    Correction(
        "bitwise_arithmetic",
        "The same number; the problem is not evaluated.",
        figures.hexadecimal,
    ),
    Correction(
        "boxnet",
        "The share of boxes that are home before the first move that cannot be made "
        "(published: such moves are passed over, 0.05 for any plan, and junk raises).",
        moves.boxnet,
        ("initial_state",),
    ),
    Correction(
        "calendar_arithmetic", "A wrong weekday earns nothing (published: 0.1).", figures.days_or_weekday
    ),
    Correction(
        "codeio",
        "JSON alone; of an object the share of its fields (published: of characters, prose around it too).",
        lists.json_fields,
    ),
    Correction(
        "coin_flip",
        "Within 1e-4 or nothing (published: for first digits that agree, 0.95 for `0`).",
        figures.probability,
    ),
    Correction(
        "complex_arithmetic",
        "Not-a-number and infinity earn nothing (published: 1).",
        figures.complex_number,
        ("result",),
    ),
    Correction(
        "decimal_arithmetic",
        "Within 1e-6 (published: within 1e-3, whatever precision is asked for).",
        partial(figures.near_number, tolerance=Fraction(1, 10**6)),
    ),
    Correction(
        "emoji_mystery", "Characters in place count only where there are as many.", words.characters_in_place
    ),
    Correction(
        "figlet_font",
        "A wrong word earns 0.9 at most (published: 1 from ten letters on), another length nothing.",
        words.figlet,
    ),
    Correction(
        "fraction_simplification",
        "The fraction in lowest terms alone (published: 0.1 for the one in the question).",
        figures.reduced_fraction,
    ),
    Correction(
        "sudoku mini_sudoku",
        "Partial marks for blanks alone, where the given digits stand (published: for all cells).",
        grids.digits_filled_in,
        ("puzzle", "solution"),
    ),
    Correction(
        "futoshiki",
        "Partial marks for blanks alone, where the given digits stand (published: for all cells).",
        grids.futoshiki,
        ("puzzle", "solution"),
    ),
    Correction(
        "game_of_life",
        "Partial marks for cells alive in both boards out of those alive in either "
        "(published: for all cells, 0.96 for the empty board).",
        lists.living_cells,
    ),
    Correction("game_of_life_halting", "The right one of two (published: 1 for any text).", words.halting),
    Correction(
        "graph_color",
        "Only allowed whole numbers are colours; 0.01 for any JSON is gone.",
        moves.colouring,
        ("puzzle",),
    ),
    Correction("group_anagrams", "Lists of lists of texts alone.", lists.anagram_groups, ("solution",)),
    Correction(
        "gsm_symbolic", "The answer's only number (published: its first of many).", figures.only_number
    ),
    Correction(
        "kakurasu",
        "A grid of ones and zeros alone (published: whatever else stands between them).",
        grids.kakurasu,
        ("row_sums", "col_sums"),
    ),
    Correction(
        "knights_knaves",
        "One role for each person and nothing else (published: all that is said, however often).",
        words.people,
    ),
    Correction(
        "letter_jumble",
        "Of the words that were scrambled, those put right (published: of all words).",
        words.unscrambled,
        ("original_words", "scrambled_words"),
    ),
    Correction("sentence_reordering", "Words in place, where there are as many.", words.words_in_place),
    Correction(
        "list_functions number_filtering",
        "The same list, however its blanks and quotes are set.",
        lists.same_list,
    ),
    Correction(
        "number_format",
        "A number, within 0.01.",
        partial(figures.near_number, tolerance=Fraction(1, 100)),
    ),
    Correction(
        "number_sorting",
        "The very numbers, as texts or numbers (published: each may be off by 1).",
        lists.sorted_numbers,
    ),
    Correction(
        "palindrome_partitioning",
        "Every partition once (published: as often as one likes).",
        lists.palindrome_partitions,
        ("solution",),
    ),
    Correction(
        "polynomial_equations",
        "The share of the roots found, the nearer the more (published: 1 for any text if there are none).",
        figures.roots,
    ),
    Correction(
        "pool_matrix",
        "Every cell within 0.01 (published: within 1 %); nothing for the shape.",
        grids.pooled,
    ),
    Correction(
        "power_function",
        "To three significant figures, written as for the numbers above.",
        figures.three_figures,
    ),
    Correction(
        "prime_factorization",
        "Half for another split into smaller factors, never for the number itself; junk does not raise.",
        figures.prime_factors,
    ),
    Correction(
        "propositional_logic",
        "Parsed within bounds; what is always true earns nothing (published: 0.25), and what says less than "
        "the entry's example a quarter (published: 1, so that `P ∨ Q` does well everywhere).",
        logic.conclusion,
        ("premises", "variables", "example_answer"),
    ),
    Correction(
        "quantum_lock",
        "Buttons alone, up to the target and no further; half for less than twice the presses needed.",
        moves.buttons,
        ("buttons", "initial_value", "initial_state", "target_value"),
    ),
    Correction("rectangle_count", "Written as for the numbers above.", figures.near_count),
    Correction(
        "rubiks_cube",
        "Partial marks for misplaced stickers put in place (published: for those in place before too).",
        cube.turned,
        ("cube_size", "scramble_moves"),
    ),
    Correction(
        "rush_hour",
        "Every move must be possible (published: others are passed over).",
        rush_hour.leaves,
        ("board_config",),
    ),
    Correction(
        "shortest_path",
        "Half for a longer way only where it enters no square twice; case does not count.",
        moves.shortest_path,
        ("matrix",),
    ),
    Correction(
        "sokoban",
        "Moves alone, and none after the puzzle is solved (published: whatever follows).",
        moves.sokoban,
        ("gamestr",),
    ),
    Correction("spell_backward", "Letters in place, where there are as many.", words.letters_in_place),
    Correction(
        "survo",
        "Any filling that keeps the rules (published: the entry's own alone).",
        grids.survo,
        ("puzzle", "candidate_numbers"),
    ),
    Correction(
        "time_intervals",
        "The very duration (published: the nearer the more, so that the middle of the range does well).",
        figures.duration,
    ),
    Correction(
        "word_sorting",
        "Words in place count only where there are as many; 0.2 for the same words is gone.",
        words.listed_in_place,
        ("sorted_words",),
    ),
    Correction("cryptarithm", "As published.", needs=("words_letters", "result_letters")),
    Correction("jugs", "As published.", needs=("puzzle",)),
    Correction(
        "knight_swap", "As published.", needs=("is_possible", "board", "pieces", "start_turn", "solution")
    ),
    Correction("palindrome_generation", "As published.", needs=("letters",)),
    Correction(
        "tower_of_hanoi",
        "A move is a line of its own and nothing else; 0.05 for moves that solve nothing is gone.",
        moves.hanoi,
        ("num_disks", "num_pegs", "start_peg", "target_peg", "solution_length"),
    ),
    Correction("word_ladder", "As published.", needs=("start_word", "end_word")),
)
CORRECTION_OF: Final = {name: one for one in CORRECTIONS for name in one.datasets.split()}
"""By dataset; every one of Reasoning Gym's but `composite` has its own."""
