"""The presences of a crèche (guide 10.1.2): one module for each thing a person does with a month."""
