"""Pages of the agency's agents, who reach organisers' rows through a journalled door only."""
