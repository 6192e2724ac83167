"""The probes, one file for each way of asking. Each returns when all is well and raises Failure when it is not."""
