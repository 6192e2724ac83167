"""What projects used and were allotted, and how reliably they were served: counted so that a crash loses nothing."""
