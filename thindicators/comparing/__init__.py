"""Better or worse: verdicts with their constants, the latest figures, and what witnesses say."""
