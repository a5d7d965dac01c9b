"""The steps of the graph, one file each. None of them sends, stores or asks the clock."""
