"""The function that acts on drift, or on a quality that is worse: it rolls the model back, or starts what is yours."""
