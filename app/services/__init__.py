"""One public verb per thing a person does: session, actor, values in; writes, journals, commits once."""
