"""How likely and how late: the chance that an invoice is paid late, whom to see to first, and the cash to come. Decides nothing."""
