"""Rights as data, sign-in, sessions, guards."""
