"""The agency's own people: their portfolios, and what the helpdesk mends."""
