"""Score sheets: what the client scored, by which template, and the form that scores a month."""
