"""The rules taken out one at a time: does the test that docs/clauses.md names notice? `make mutants` (docs/decisions/)."""
