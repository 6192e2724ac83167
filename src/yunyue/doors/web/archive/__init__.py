"""The archive: every document with its retention and holds, papers to be made, sealed scans, verification."""
