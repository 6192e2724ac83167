"""Commercial operating system (商用操作系统套餐): in the catalogue, not yet available."""
