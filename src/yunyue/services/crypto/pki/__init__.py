"""Certificate authorities: roots and intermediates, roles, certificates, revocation, OCSP; SM2 beside RSA and EC."""
