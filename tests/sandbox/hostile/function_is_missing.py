# MUST: a file without the function asked for is a failure | KIND: function
solve = True
