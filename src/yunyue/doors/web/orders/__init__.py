"""Orders: what was ordered, used and spent, what is left under the contract, and the way to order, change and end."""
