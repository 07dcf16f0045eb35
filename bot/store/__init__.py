"""Floor 1. What survives: the config as the operator wrote it; plans, pictures, ledger, leases and sessions in a database."""
