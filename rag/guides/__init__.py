"""Guided advice: short flows of questions, written as data, that end in a memo of cited sentences of the corpus."""
