"""The people of an organiser: adding, closing and opening their access, and what is opened to them."""
