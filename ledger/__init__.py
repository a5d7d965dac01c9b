"""The ledger in: files of any shape, accounting systems and bank statements become checked rows. Reads; books nothing by itself."""
