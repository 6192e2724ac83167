"""What the client supervises: rework with its clocks, exclusions asked for, compensation to decide on."""
