"""What is kept on disk: the journal, and the series of raw samples."""
