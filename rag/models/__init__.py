"""Language models that run on this machine: what there is, getting it whole, and serving it."""
