"""Money on our bank account: reads statements and remittance advices, and finds which invoices a line pays. Pure; books nothing."""
