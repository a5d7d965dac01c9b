"""The outbound rules: what no draft may do. Pure functions, run on the draft, at approval and at sending."""
