"""What dunwell knows: tables, values and queries. One unit of work is one transaction."""
