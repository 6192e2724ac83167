"""Images made here from Debian's packages, so that a closed network needs no registry from outside."""
