"""`make bench`: what the portal costs, each figure beside the barest thing that does the same work."""
