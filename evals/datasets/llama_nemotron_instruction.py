"""Instruction following: the RL split of Llama-Nemotron's post-training data, in IFEval's form.

ProRL (arXiv 2505.24864, appendix E.5) trains on 10k of the 56k rows, continuous: the share of the
instructions followed. No row carries an answer that follows them, so a row is proved otherwise: its
instructions are known and take their arguments, an empty answer earns 0, and not every text passes.

Not covered: conversations of more than one turn, whose last turn alone says too little.
"""

from collections.abc import Mapping
from typing import Any, Final

from evals.dataset import Canary, Candidate, Card, Column
from evals.errors import EvalError
from rewards.problem import Domain

_HURDLES: Final = ("Qz, vx.", "QZ VX " * 700)
"""A short text with a comma and small letters, and a long one with neither."""


class LlamaNemotronInstruction:
    """`input` (messages) and `args` (`instruction_id_list`, `instruction_kwargs`)."""

    card = Card(
        name="llama-nemotron-instruction",
        hub="nvidia/Llama-Nemotron-Post-Training-Dataset",
        revision="ab2a40d258a6a4d9d4c277d702aeea445081766c",
        files=("RL/instruction_following/instruction_following.jsonl",),
        rows=56_339,
        columns={
            "input": Column(kind="list"),
            "args": Column(kind="object"),
            "category": Column(kind="text", required=False),
            "license": Column(kind="text", required=False),
            "reasoning": Column(kind="text", required=False),
            "used_in_training": Column(kind="text", required=False),
            "version": Column(kind="text", required=False),
            "system_prompt": Column(kind="text", required=False),
        },
        licence="CC-BY-4.0; ODC-BY as its rows say",
        domain=Domain.INSTRUCTION,
        verifier="instruction",
        reward="continuous",
        canary=Canary(
            response="no commas here",
            reference={"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        ),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Every row of one turn is taken.

        Raises:
            EvalError: it is not one message, or its instructions have not IFEval's form.
        """
        turns = [each for each in row["input"] if isinstance(each, Mapping) and each.get("role") != "system"]
        if len(turns) != 1 or turns[0].get("role") != "user" or not isinstance(turns[0].get("content"), str):
            raise EvalError("column 'input' is not exactly one message of the user's")
        names, arguments = row["args"].get("instruction_id_list"), row["args"].get("instruction_kwargs")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or not names:
            raise EvalError("'args.instruction_id_list' is a list of one or more names")
        if not isinstance(arguments, list) or len(arguments) != len(names):
            raise EvalError("'args.instruction_kwargs' is a list as long as 'instruction_id_list'")
        if not all(isinstance(each, Mapping) for each in arguments):
            raise EvalError("'args.instruction_kwargs' is a list of objects")
        # Parquet gives every row the union of all keys, with nulls.
        given = [{key: value for key, value in each.items() if value is not None} for each in arguments]
        return Candidate(
            question=turns[0]["content"].strip(),
            reference={"instruction_id_list": names, "kwargs": given},
            hurdles=_HURDLES,
        )
