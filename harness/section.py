"""What every section of a recipe is made from."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section: no unknown keys, no change after reading, and each key's docstring is its description."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
