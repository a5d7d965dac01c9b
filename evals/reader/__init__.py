"""The labelled replies of the embedded reader, its training and its measurement."""
