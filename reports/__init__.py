"""What came of it: ageing, days sales outstanding, promises, responses, causes, as figures, plots and papers. Reads only."""
