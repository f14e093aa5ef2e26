"""What is measured: the plan as data, the rules that figures must keep, and reviewed exceptions from them."""
