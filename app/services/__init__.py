"""One public verb per thing a person does: takes session, actor and values; writes, journals, commits once."""
