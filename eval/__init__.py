"""Measuring the advisor: one folder per task, each with dataset, generate and evaluate."""
