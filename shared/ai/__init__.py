"""The one way to ask a model: a task with its prompt, its types, and the function that answers without any model."""
