"""What no workload may do, on either engine: each refusal names the field and the rule."""
