"""Acts, decisions, refusals and the audit trail: what every room above stands on."""
