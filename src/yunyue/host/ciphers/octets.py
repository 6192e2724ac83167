"""What may be given where bytes are read and not kept."""

Octets = bytes | bytearray | memoryview
