"""How long a model is waited for, what it may cost, and what a failure is called. Pure."""
