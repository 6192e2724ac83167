"""What every door shows of monitoring, put together once: the wall, a target, the budget, a dispute, boards."""
