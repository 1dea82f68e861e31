"""The embedded PostgreSQL and Valkey of a trial, and the supervisor that runs the product over them."""
