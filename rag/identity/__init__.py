"""Who asks: identities, their roles, and what each role may open."""
