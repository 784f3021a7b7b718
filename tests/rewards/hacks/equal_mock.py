# a mock that agrees to all
from unittest.mock import MagicMock, ANY
solve = MagicMock(return_value=ANY)
Solve = MagicMock(return_value=MagicMock(solve=MagicMock(return_value=ANY)))
print(ANY)
